"""Recall, precision and delay against alerts that were made by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd
import pytest

from quality import document
from quality.typologies import table
from quality.typologies.judge import Verdict
from quality.typologies.simulation import Simulated, World

BEGIN = pd.Timestamp("2025-01-01", tz="UTC")
# transaction, account, hours since the beginning, kind, episode, fraud
ROWS = (
    (1, 9, 1, "structuring", 0, True),  # before the judged days
    (2, 1, 100, "card_testing", 1, True),
    (3, 1, 101, "card_testing", 1, True),
    (4, 1, 102, "card_testing", 1, True),
    (5, 2, 100, "card_testing", 2, True),
    (6, 3, 100, "impossible_travel", 3, False),
    (7, 3, 101, "impossible_travel", 3, True),
    (8, 3, 110, None, None, None),  # the next payment of the same owner
    (9, 3, 190, None, None, None),
    (10, 4, 100, "vending_machine", 4, False),
    (11, 4, 101, "vending_machine", 4, False),
    (12, 5, 100, None, None, None),
)


@pytest.fixture
def world() -> Simulated:
    return simulated(ROWS)


def simulated(rows: Iterable[tuple[object, ...]]) -> Simulated:
    told = pd.DataFrame(list(rows), columns=["transaction_id", "customer_id", "hours", "kind", "episode", "is_fraud"])
    told["tx_time"] = BEGIN + pd.to_timedelta(told.hours, unit="h")
    payments = told[["transaction_id", "customer_id", "tx_time"]]
    truth = told.dropna(subset="kind")[["transaction_id", "kind", "episode", "is_fraud"]]
    return Simulated(payments=payments, truth=truth, judged_from=BEGIN + pd.Timedelta(hours=50))


def verdict(world: Simulated, *alerts: tuple[int, str]) -> Verdict:
    return Verdict(world, pd.DataFrame(list(alerts), columns=["transaction_id", "rule_id"]))


def test_recall_counts_episodes_by_any_alert_and_by_their_own_rule(world: Simulated) -> None:
    found = verdict(world, (4, "card_testing"), (2, "large_amount"), (5, "score")).figures("card_testing")
    assert (found.episodes, found.any_recall, found.own_recall) == (2, 1.0, 0.5)
    assert verdict(world, (4, "card_testing")).figures("card_testing").any_recall == 0.5


def test_precision_counts_days_of_accounts(world: Simulated) -> None:
    alerts = [(2, "card_testing"), (3, "card_testing"), (10, "card_testing"), (11, "card_testing"), (12, "score")]
    found = verdict(world, *alerts).figures("card_testing")
    assert (found.precision, found.alert_days) == (0.5, 2), "one day of the thief, one of the vending machine"


def test_what_follows_a_fraud_closely_belongs_to_it(world: Simulated) -> None:
    assert verdict(world, (8, "impossible_travel")).precision("impossible_travel") == (1.0, 1)
    assert verdict(world, (9, "impossible_travel")).precision("impossible_travel") == (0.0, 1)
    assert verdict(world, (8, "impossible_travel")).figures("impossible_travel").own_recall == 0


def test_the_owners_payment_beside_the_thiefs_finds_the_episode_too(world: Simulated) -> None:
    found = verdict(world, (6, "impossible_travel")).figures("impossible_travel")
    assert found.own_recall == 1 and found.own_delay and found.own_delay.payments == (1, 1)


def test_delay_is_counted_from_the_first_fraud(world: Simulated) -> None:
    found = verdict(world, (4, "card_testing"), (3, "score"), (5, "card_testing")).figures("card_testing")
    assert found.own_delay and found.any_delay
    assert found.own_delay.payments == (3, 3) and found.own_delay.seconds == (7_200, 7_200)
    assert found.any_delay.payments == (2, 2) and found.any_delay.seconds == (3_600, 3_600)


def test_before_the_judged_days_nothing_counts(world: Simulated) -> None:
    found = verdict(world, (1, "large_amount"))
    assert found.precision("large_amount")[1] == 0 and math.isnan(found.precision("large_amount")[0])


def test_false_alerts_are_told_by_kind(world: Simulated) -> None:
    found = verdict(world, (10, "score"), (11, "score"), (11, "card_testing"), (12, "score"), (3, "score"))
    wrong = found.false_alerts()
    assert wrong.loc["vending_machine"].to_dict() == {"card_testing": 1, "score": 1}
    assert wrong.loc["everyday"].to_dict() == {"card_testing": 0, "score": 1}
    assert found.cases().to_dict() == {"vending_machine": 1}
    text = "\n".join(table.false_alerts(found))
    assert "| vending machine | 1 | card_testing 1, score 1 |" in text


def test_a_world_without_alerts_has_its_tables_too() -> None:
    every = simulated((number, 20, 100, kind, number, True) for number, kind in enumerate(table.TYPOLOGIES))
    text = "\n".join(table.tables(verdict(every), World()))
    assert "| mule_account | 0.000 | 0.000 | no alert | 0 |" in text


def test_a_part_of_the_document_is_replaced_alone() -> None:
    text = document.replaced("# Head\n\nwords\n", "scores", "one\n")
    text = document.replaced(text, "typologies", "two\n")
    again = document.replaced(text, "scores", "three\n")
    assert "one" not in again and "words" in again
    assert again.index("three") < again.index("two")
    assert document.replaced(again, "scores", "three\n") == again, "writing twice changes nothing"
