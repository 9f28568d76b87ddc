"""The score on real Flink: what its features hold, what makes an alert, and the words of its reasons."""

from __future__ import annotations

import dataclasses
import datetime
import math
import time
from decimal import Decimal
from typing import Any

import pytest

from components.contracts import CLEANED_TRANSACTION, USER_TRANSACTION, schemas, score
from local.avro import Encoder
from tests.sql.conftest import Lab

pytestmark = pytest.mark.local
DAY = datetime.timedelta(days=1)
NEUTRAL = {
    "frauds_in_row": 0.0,
    "days_since_genuine": 60.0,
    "frauds_lately": 0.0,
    "genuine_lately": 0.0,
    "outcome_known_at": None,
}
"""What a payment says of a terminal of which nothing is known."""


def probability(row: dict[str, Any]) -> float:
    """The score of a row's own features by the shipped weights, in plain Python."""
    terms = score.read_terms()
    weights = score.read_weights(terms, score.FOLDER / "weights.yaml")
    features = {**row, "amount": float(row["amount"])}
    told = row["frauds_lately"] + row["genuine_lately"] + 0.5
    features["fraud_share"] = row["frauds_lately"] / told
    points = weights.intercept
    for name, term in terms.terms.items():
        weight, value = weights.terms[name], features[term.feature]
        if all(features[other] > least for other, least in term.when.items()):
            if weight.end is None:
                points += weight.weight * (value >= weight.begin)
            else:
                inside = min(max(value, weight.begin), weight.end)
                points += weight.weight * (inside - weight.begin) / (weight.end - weight.begin)
    return 1 / (1 + math.exp(-points))


def terminal_of(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in NEUTRAL}


def at(lab: Lab, terminal: str | None, amount: str = "10.00") -> dict[str, Any]:
    """The score of a payment that a new account makes at the terminal, when all outcomes are known."""
    lab.outcomes_read()
    return lab.score(lab.pay(lab.user(), amount, TERMINAL_ID=terminal))


def known_terminal(lab: Lab, frauds: int) -> str:
    """A terminal with a genuine payment, and frauds after it."""
    terminal = lab.terminal()
    for fraud in (False, *[True] * frauds):
        lab.tell(terminal, fraud=fraud)
    return terminal


def test_every_payment_has_one_row_with_its_own_columns(lab: Lab) -> None:
    account, terminal = lab.user(), lab.terminal()
    payments = [lab.pay(account, f"{number}.50", TERMINAL_ID=terminal) for number in range(20)]
    payments += [lab.pay(lab.user(), "1500.00") for _ in range(20)]
    for payment in payments[::3]:
        lab.send_again(payment)
    rows = [lab.score(payment) for payment in payments]
    lab.settle()
    assert [len(lab.scores[payment]) for payment in payments] == [1] * 40, "a payment sent again is scored once"
    assert (rows[3]["ACCOUNT_ID"], rows[3]["terminal_id"], str(rows[3]["amount"])) == (account, terminal, "3.50")
    assert rows[3]["event_time"] is not None and rows[3]["weights_id"] == "simulated-2026-11"
    assert rows[30]["terminal_id"] is None


def test_the_score_is_that_of_the_weights_file(lab: Lab) -> None:
    terminals = [None, lab.terminal(), *(known_terminal(lab, frauds) for frauds in (0, 1, 2, 5))]
    lab.outcomes_read()
    accounts, payments = [lab.user() for _ in range(3)], list[int]()
    for place, amount in enumerate(["12.00", "31.25", "-5.00", "219.99", "220.01", "0.01", "77.70", "5000.00"] * 9):
        columns = {"TERMINAL_ID": terminals[place % len(terminals)]}
        payments.append(lab.pay(accounts[place % 3], amount, after=3601.0 * place, **columns))
    rows = [lab.score(payment) for payment in payments]
    assert [row["probability"] for row in rows] == pytest.approx([probability(row) for row in rows], abs=1e-6)
    assert min(row["probability"] for row in rows) < 0.1 < 0.9 < max(row["probability"] for row in rows)


def test_many_times_the_usual_amount_is_an_alert_that_says_so(lab: Lab) -> None:
    account = lab.user()
    for _ in range(8):
        usual = lab.pay(account, "20.00", after=3600)
    large = lab.pay(account, "150.00", after=3600)
    row = lab.score(large)
    assert row["probability"] > 0.9
    assert (row["usual_amount"], row["times_usual"]) == pytest.approx((20.0, 7.5))
    assert "7.5 times the usual 20.00" in row["reasons"]
    alert = lab.wait(lambda: lab.score_alerts.get(large), "alert of the score")
    assert alert["alert_id"] == f"{large}-score" and alert["reason"] == row["reasons"]
    assert alert["score"] == int(row["probability"] * 100)
    assert lab.score(usual)["probability"] < 0.1 and usual not in lab.score_alerts


def test_a_fraud_does_not_become_usual(lab: Lab) -> None:
    account = lab.user()
    for amount in ["20.00"] * 8 + ["2000.00"]:
        lab.pay(account, amount, after=3600)
    row = lab.score(lab.pay(account, "20.00"))
    assert row["usual_amount"] < 25, "of a payment far above the mean only a multiple of the mean counts"
    assert 0.9 < row["large_lately"] <= 1


@pytest.mark.parametrize("years", [1, 56], ids=["a year ago", "in 1970"])
def test_a_payment_dated_long_ago_sees_its_account_as_it_is(lab: Lab, years: int) -> None:
    account, now = lab.user(), lab.now
    for amount in ["20.00"] * 8 + ["2000.00"]:
        lab.pay(account, amount)
    lab.now -= datetime.timedelta(days=365 * years)
    row = lab.score(lab.pay(account, "20.00"))
    lab.now = now
    assert 0.9 < row["large_lately"] < 1.001, "decay must not run backwards"
    assert row["known_payments"] == pytest.approx(9, abs=0.1)
    assert row["usual_amount"] < 25


def test_an_amount_in_words_is_the_amount(lab: Lab) -> None:
    row = lab.score(lab.pay(lab.user(), "9999999999.90"))
    assert row["reasons"] == "an amount of 9999999999.90"


def test_three_frauds_in_a_row_make_the_next_payment_an_alert_and_a_genuine_one_ends_it(lab: Lab) -> None:
    terminal = known_terminal(lab, 3)
    row = at(lab, terminal)
    assert row["frauds_in_row"] == 3 and row["probability"] > 0.5, row
    assert row["reasons"] == "3 frauds in a row at this terminal"
    lab.wait(lambda: lab.score_alerts.get(row["transaction_id"]), "alert of the score")
    lab.tell(terminal, fraud=False)
    row = at(lab, terminal)
    assert row["frauds_in_row"] == 0 and row["probability"] < 0.5, row
    lab.settle()
    assert row["transaction_id"] not in lab.score_alerts


def test_an_outcome_sent_twice_counts_once(lab: Lab) -> None:
    terminal = lab.terminal()
    payment = lab.pay(lab.user(), "10.00", TERMINAL_ID=terminal)
    for _ in range(2):
        lab.tell(terminal, fraud=True, of=payment)
    assert at(lab, terminal)["frauds_in_row"] == 1
    lab.tell(terminal, fraud=True, of=payment)
    assert at(lab, terminal)["frauds_in_row"] == 1, "not the row decides, but what it says of which payment"


def test_a_changed_outcome_counts_as_what_it_is_now(lab: Lab) -> None:
    terminal = known_terminal(lab, 2)
    payment = lab.pay(lab.user(), "10.00", TERMINAL_ID=terminal)
    lab.tell(terminal, fraud=True, of=payment)
    assert at(lab, terminal)["frauds_in_row"] == 3
    lab.tell(terminal, fraud=False, of=payment)
    assert at(lab, terminal)["frauds_in_row"] == 0


def test_an_outcome_of_an_unknown_payment_counts(lab: Lab) -> None:
    terminal = lab.terminal()
    lab.tell(terminal, fraud=True, of=-(10**15))
    row = at(lab, terminal)
    assert row["frauds_in_row"] == 1 and row["frauds_lately"] == pytest.approx(1, abs=0.01)


def test_payments_and_outcomes_without_a_terminal_say_nothing_of_one_another(lab: Lab) -> None:
    for _ in range(3):
        lab.tell(None, fraud=True)
    row = at(lab, None)
    assert terminal_of(row) == NEUTRAL and row["probability"] < 0.5


def test_what_became_known_after_a_payment_is_not_used(lab: Lab) -> None:
    terminal = lab.terminal()
    for _ in range(3):
        lab.tell(terminal, fraud=True, KNOWN_AT=lab.now + 5 * DAY)
    row = at(lab, terminal)
    assert terminal_of(row) == NEUTRAL and row["probability"] < 0.5
    later = lab.score(lab.pay(lab.user(), "10.00", after=6 * 86400, TERMINAL_ID=terminal))
    assert later["frauds_in_row"] == 3, "a payment of the sixth day knows them"
    assert later["outcome_known_at"] is not None


def test_an_outcome_that_comes_a_year_late_counts_as_an_old_one(lab: Lab) -> None:
    terminal = lab.terminal()
    lab.tell(terminal, fraud=True, KNOWN_AT=lab.now - 365 * DAY)
    row = at(lab, terminal)
    assert row["frauds_in_row"] == 1 and row["frauds_lately"] == pytest.approx(0, abs=1e-9)
    lab.tell(terminal, fraud=False)
    assert at(lab, terminal)["frauds_in_row"] == 0, "the stream goes on after it"


def test_a_refund_is_harmless(lab: Lab) -> None:
    account = lab.user()
    for _ in range(8):
        lab.pay(account, "20.00", after=3600)
    refund = lab.score(lab.pay(account, "-5000.00"))
    after = lab.score(lab.pay(account, "20.00"))
    assert refund["times_usual"] == 0 and refund["probability"] < 0.1
    assert after["usual_amount"] <= 20 and after["probability"] < 0.5


def test_a_silent_outcome_topic_holds_nothing_back(lab: Lab) -> None:
    lab.outcomes_read()
    account, delays = lab.user(), list[float]()
    for _ in range(5):
        time.sleep(0.5)
        begin = time.monotonic()
        lab.score(lab.pay(account, "10.00"))
        delays.append(time.monotonic() - begin)
    assert min(delays) < 2, f"scores came after {delays} s"


def test_a_restart_from_the_checkpoint_loses_nothing(lab: Lab) -> None:
    account, terminal = lab.user(), known_terminal(lab, 2)
    payments = [lab.pay(account, "20.00", after=3600) for _ in range(8)]
    assert at(lab, terminal)["frauds_in_row"] == 2
    lab.checkpoint(lab.rules_statement.name)
    payments += [lab.pay(account, "20.00", after=3600) for _ in range(4)]
    lab.flink.cancel(lab.rules_statement.name)
    payments += [lab.pay(account, "20.00", after=3600) for _ in range(4)]
    lab.tell(terminal, fraud=True)
    lab.flink.submit(lab.rules_statement)
    rows = [lab.score(payment) for payment in payments]
    assert rows[-1]["known_payments"] == pytest.approx(15, abs=0.2), "the payments before the restart are known"
    assert rows[-1]["usual_amount"] == pytest.approx(20.0)
    assert at(lab, terminal)["frauds_in_row"] == 3, "two outcomes from before the restart, one from during it"


def test_an_event_from_before_the_new_columns_is_read_and_scored(lab: Lab) -> None:
    before = dataclasses.replace(USER_TRANSACTION, columns=USER_TRANSACTION.columns[:5])
    text, number, account = schemas.raw_value(before), 1_700_000_001, lab.user()
    encoder = Encoder(lab.schemas.register(f"{USER_TRANSACTION.topic}-value", text), text)
    row = {"ID": number, "AMOUNT": Decimal("12.50"), "RECEIVED_AT": lab.now, "IP_ADDRESS": "10.0.0.1"}
    after = {**row, "ACCOUNT_ID": account}
    lab.raw(USER_TRANSACTION.topic, number, encoder.encode({"before": None, "after": after, "op": "c"}))
    scored = lab.score(number)
    assert scored["terminal_id"] is None and scored["probability"] < 0.5
    cleaned = lab.wait(lambda: lab.cleaned.get(number), f"row in {CLEANED_TRANSACTION.topic}")
    assert {cleaned[column.name] for column in USER_TRANSACTION.columns[5:]} == {None}
    assert cleaned["AMOUNT"] == Decimal("12.50")
