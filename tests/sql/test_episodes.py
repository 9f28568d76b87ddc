"""Episodes on real Flink: which alerts belong together, and what an episode says of them."""

from __future__ import annotations

import datetime
import os
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from components.contracts import FRAUD_ALERT, RULES
from local.avro import Encoder
from local.flink.unreadable import Judge
from tests.sql.conftest import Lab

pytestmark = pytest.mark.local
HOUR, DAY = 3600.0, 86400.0
ATTACK = 25_000
LARGE = "1500.00"


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["episode_id"] for row in rows]


def test_a_payment_that_breaks_rules_and_the_score_is_one_episode_with_all_reasons(lab: Lab) -> None:
    account = lab.user()
    number = lab.pay(account, "5000.00", address="203.0.113.1")
    (row,) = lab.episodes_of(account)
    alerts = lab.alerts[account]
    score = lab.score_alerts[number]
    assert row["episode_id"] == f"{account}-{number}"
    assert (row["user_name"], row["email"]) == (f"user{account}", f"{account}@example.com")
    assert row["rules"] == "large_amount,foreign_address,score"
    assert row["reasons"] == "; ".join([*(alert["reason"] for alert in alerts), score["reason"]])
    assert row["score"] == max(alert["score"] for alert in (*alerts, score))
    assert (row["payments"], row["alerts"], row["amount"]) == (1, 3, Decimal("5000.00"))
    assert row["started_at"] == row["last_at"] == alerts[0]["event_time"]
    assert (row["first_transaction_id"], row["last_transaction_id"]) == (number, number)


def test_an_alert_at_most_the_hold_off_after_the_newest_one_belongs_to_the_episode(lab: Lab) -> None:
    account = lab.user()
    first = lab.pay(account, LARGE)
    second = lab.pay(account, LARGE, after=DAY)
    third = lab.pay(account, LARGE, after=DAY)
    fourth = lab.pay(account, LARGE, after=DAY + 0.001)
    one, other = lab.episodes_of(account)
    assert ids([one, other]) == [f"{account}-{first}", f"{account}-{fourth}"]
    assert (one["payments"], one["last_transaction_id"], one["amount"]) == (3, third, Decimal("4500.00"))
    assert one["last_at"] - one["started_at"] == datetime.timedelta(days=2), "each alert prolongs the episode"
    assert (other["payments"], other["first_transaction_id"]) == (1, fourth)
    assert second not in (one["first_transaction_id"], one["last_transaction_id"])


def test_payments_without_an_alert_do_not_prolong_an_episode(lab: Lab) -> None:
    account = lab.user()
    first = lab.pay(account, LARGE)
    lab.pay(account, "1.00", after=15 * HOUR)
    second = lab.pay(account, LARGE, after=15 * HOUR)
    assert ids(lab.episodes_of(account)) == [f"{account}-{first}", f"{account}-{second}"]


def test_accounts_have_their_own_episodes(lab: Lab) -> None:
    one, other = lab.user(), lab.user()
    first = lab.pay(one, LARGE)
    second = lab.pay(other, "2500.00")
    lab.pay(one, LARGE)
    (of_one,), (of_other,) = lab.episodes_of(one), lab.episodes_of(other)
    assert ids([of_one, of_other]) == [f"{one}-{first}", f"{other}-{second}"]
    assert (of_one["payments"], of_other["payments"]) == (2, 1)
    assert (of_one["amount"], of_other["amount"]) == (Decimal("3000.00"), Decimal("2500.00"))


def test_a_late_alert_belongs_to_the_present_episode(lab: Lab) -> None:
    account = lab.user()
    first = lab.pay(account, LARGE, after=10 * DAY)
    begun = lab.now
    lab.pay(account, LARGE, after=-9 * DAY)
    lab.now = begun
    last = lab.pay(account, LARGE, after=DAY)
    ended = lab.now
    (row,) = lab.episodes_of(account)
    assert row["episode_id"] == f"{account}-{first}"
    assert (row["payments"], row["last_transaction_id"]) == (3, last)
    assert (row["started_at"], row["last_at"]) == (begun, ended)


@pytest.mark.parametrize("year", [1970, 9999])
def test_a_payment_from_another_century_breaks_nothing(lab: Lab, year: int) -> None:
    account, strange = lab.user(), 5_000_000_000 + year
    lab.send_payment(strange, account, LARGE, datetime.datetime(year, 6, 1, tzinfo=datetime.UTC), "10.0.0.1")
    (row,) = lab.episodes_of(account)
    now = datetime.datetime.now(datetime.UTC)
    assert row["episode_id"] == f"{account}-{strange}"
    assert row["started_at"] <= row["last_at"] <= now, "it came no later than it was judged"
    for second in (5, 4):
        at = now - datetime.timedelta(seconds=second)
        lab.send_payment(strange + 10_000 * second, account, LARGE, at, "10.0.0.1")
    rows = lab.episodes_of(account)
    assert [row["payments"] for row in rows] == ([1, 2] if year == 1970 else [3])


def test_alerts_of_one_payment_stay_together(lab: Lab) -> None:
    account, payment, now = 7_000_000_002, 8_000_000_000, lab.now
    lab.alert(account, payment, "large_amount", now, amount=Decimal(LARGE))
    lab.alert(account, payment + 1, "large_amount", now + datetime.timedelta(days=2), amount=Decimal(LARGE))
    lab.alert(account, payment, "score", now, amount=Decimal(LARGE))
    one, other = lab.episodes_of(account)
    assert (one["rules"], one["payments"], one["alerts"], one["last_at"]) == ("large_amount,score", 1, 2, now)
    assert (other["rules"], other["payments"], other["alerts"]) == ("large_amount", 1, 1)


def test_alerts_without_what_an_episode_needs_are_passed_over(lab: Lab) -> None:
    account, payment = 7_000_000_003, 8_000_000_010
    lab.alert(account, payment, "large_amount", None)
    lab.alert(None, payment + 1, "large_amount", lab.now)
    lab.alert(account, payment + 2, "no rule of today", lab.now)
    (row,) = lab.episodes_of(account)
    assert row["episode_id"] == f"{account}-{payment + 2}"
    assert (row["payments"], row["alerts"], row["amount"]) == (1, 1, None)
    assert (row["rules"], row["reasons"]) == ("", "")


def test_flink_and_the_error_log_agree_on_malformed_alerts(lab: Lab) -> None:
    account, judge = 7_000_000_004, Judge(FRAUD_ALERT, lab.schemas)
    other = '{"type": "record", "name": "other", "fields": [{"name": "rule_id", "type": "long"}]}'
    others = Encoder(lab.schemas.register("test-other-alert", other), other).encode({"rule_id": 7})
    spoilt: list[Callable[[bytes, bytes], tuple[bytes, bytes]]] = [
        lambda key, value: (key, value),
        lambda key, _: (key, b"no Avro"),
        lambda _, value: (b"no Avro", value),
        lambda _, value: (b"", value),
        lambda key, value: (key, value[:-20]),
        lambda key, _: (key, others),
    ]
    readable = set[int]()
    for payment, spoil in enumerate(spoilt, start=8_000_000_020):
        record = spoil(*lab.alert_record(account, payment, "large_amount", lab.now, amount=Decimal(1)))
        lab.raw_alert(*record)
        if judge.reason(*record) is None:
            readable.add(payment)
    (row,) = lab.episodes_of(account)
    assert readable == {8_000_000_020}
    assert (row["payments"], row["alerts"], row["last_transaction_id"]) == (1, 1, 8_000_000_020)


def test_an_unknown_account_has_its_episode_and_gets_its_name(lab: Lab) -> None:
    account = 7_000_000_001
    number = lab.pay(account, LARGE)
    (row,) = lab.episodes_of(account)
    assert (row["episode_id"], row["user_name"], row["email"]) == (f"{account}-{number}", None, None)
    lab.send_user(account, USERNAME="late", EMAIL=None)
    lab.wait(lambda: lab.episodes[account][f"{account}-{number}"]["user_name"] == "late", "name in the episode")
    assert lab.episodes[account][f"{account}-{number}"] == row | {"user_name": "late"}


def test_a_refund_counts_and_takes_nothing_from_the_amount(lab: Lab) -> None:
    account = lab.user()
    lab.pay(account, LARGE)
    lab.pay(account, "-900.00", address="203.0.113.1")
    (row,) = lab.episodes_of(account)
    assert (row["payments"], row["amount"]) == (2, Decimal(LARGE))


def test_the_reason_of_a_rule_is_its_latest(lab: Lab) -> None:
    account = lab.user()
    for amount in ("1500.00", "2500.00"):
        lab.pay(account, amount)
    (row,) = lab.episodes_of(account)
    assert row["reasons"].startswith("one payment of 2500.00") and "1500.00" not in row["reasons"]


@dataclass(frozen=True, kw_only=True)
class Alert:
    payment: int
    rule: str
    at: datetime.datetime
    amount: Decimal
    reason: str
    score: int


def random_alerts(random: Random, begin: datetime.datetime, first: int) -> list[Alert]:
    """Of 60 payments in no order of time, gaps around the hold-off; some alerts come late, and some again."""
    at, alerts = begin, list[Alert]()
    for payment in range(first, first + 60):
        at += datetime.timedelta(milliseconds=random.choice([0, 1, 3_600_000, 86_400_000, 86_400_001, -90_000_000]))
        amount = Decimal(random.randint(-5000, 500_000)) / 100
        for rule in random.sample([*RULES, "score"], random.randint(1, 3)):
            alerts.append(
                Alert(payment=payment, rule=rule, at=at, amount=amount, reason=f"{rule} {payment}", score=payment % 100)
            )
            if random.random() < 0.2:
                alerts.append(random.choice(alerts))
    for place in range(len(alerts) - 3):
        if alerts[place].rule == "score":  # the branch of the score is behind
            alerts.insert(place + random.randint(1, 3), alerts.pop(place))
    return alerts


def expected(account: int, alerts: list[Alert]) -> list[dict[str, Any]]:
    """The definition of docs/detection.md in plain Python."""
    newest: datetime.datetime | None = None
    first, of_payment, gathered = 0, dict[int, int](), defaultdict[int, list[Alert]](list)
    for alert in dict.fromkeys(alerts):
        if newest is None or alert.at - newest > datetime.timedelta(hours=24):
            first = alert.payment
        newest = max(newest or alert.at, alert.at)
        gathered[of_payment.setdefault(alert.payment, first)].append(alert)
    return [row_of(account, found) for found in gathered.values()]


def row_of(account: int, alerts: list[Alert]) -> dict[str, Any]:
    reasons = {alert.rule: alert.reason for alert in alerts}
    amounts = {alert.payment: max(alert.amount, Decimal(0)) for alert in alerts}
    return {
        "episode_id": f"{account}-{alerts[0].payment}",
        "ACCOUNT_ID": account,
        "user_name": None,
        "email": None,
        "started_at": alerts[0].at,
        "last_at": max(alert.at for alert in alerts),
        "payments": len(amounts),
        "alerts": len(alerts),
        "amount": sum(amounts.values()),
        "rules": ",".join(rule for rule in (*RULES, "score") if rule in reasons),
        "reasons": "; ".join(reasons[rule] for rule in (*RULES, "score") if rule in reasons),
        "score": max(alert.score for alert in alerts),
        "first_transaction_id": alerts[0].payment,
        "last_transaction_id": alerts[-1].payment,
    }


@pytest.mark.parametrize("seed", (0, 1, 2, 4))
def test_random_alerts_make_the_episodes_of_the_definition(lab: Lab, seed: int) -> None:
    account = 7_100_000_000 + seed
    alerts = random_alerts(Random(seed), lab.now, 8_100_000_000 + 1000 * seed)
    for alert in alerts:
        columns = {"amount": alert.amount, "reason": alert.reason, "score": alert.score}
        lab.alert(account, alert.payment, alert.rule, alert.at, **columns)
    lab.episodes_of(account)
    wanted = {row["episode_id"]: row for row in expected(account, alerts)}
    assert len(wanted) > 1 and lab.episodes[account] == wanted


def test_an_attack_is_one_episode_with_its_count(lab: Lab) -> None:
    account, begin = lab.user(), 6_000_000_000
    for number in range(ATTACK):
        lab.now += datetime.timedelta(milliseconds=40)
        lab.send_payment(begin + number, account, "1000.00", lab.now, "10.0.0.1", flush=False)
    (row,) = lab.episodes_of(account)
    assert (row["episode_id"], row["payments"]) == (f"{account}-{begin}", ATTACK)
    assert row["alerts"] >= 2 * ATTACK and row["amount"] == 1000 * ATTACK
    assert row["last_transaction_id"] == begin + ATTACK - 1
    assert row["rules"].startswith("burst_count,") and "large_amount" in row["rules"]


@pytest.fixture
def replaced(lab: Lab) -> Iterator[Lab]:
    """The lab, to replace its statement by one that starts without state, as `pulumi up` does."""
    yield lab
    lab.stop("replacement")
    lab.flink.submit(lab.rules_statement)


def test_alerts_that_are_written_again_count_once(replaced: Lab) -> None:
    lab = replaced
    account = lab.user()
    for after in (1, 1, 3 * DAY):
        lab.pay(account, LARGE, after=after)
    before = lab.episodes_of(account)
    alerts = len(lab.alerts[account])
    assert [row["payments"] for row in before] == [2, 1]
    lab.checkpoint(lab.rules_statement.name)
    lab.flink.cancel(lab.rules_statement.name)
    lab.episodes[account].clear()
    lab.flink.submit(replace(lab.rules_statement, name="replacement"))
    lab.wait(lambda: len(lab.alerts[account]) == 2 * alerts, "alerts that the replacement wrote again")
    number = lab.pay(account, LARGE)
    at = lab.now
    rows = lab.episodes_of(account)
    assert rows[0] == before[0]
    grown = {"payments": 2, "alerts": 2 * before[1]["alerts"], "amount": Decimal("3000.00"), "last_at": at}
    assert rows[1] == before[1] | grown | {"last_transaction_id": number}


def test_a_killed_jvm_loses_and_doubles_nothing(lab: Lab) -> None:
    account, unseen = lab.user(), lab.user()
    lab.pay(account, LARGE)
    lab.episodes_of(account)
    lab.checkpoint(lab.rules_statement.name)
    for _ in range(5):
        lab.pay(account, LARGE)
    lab.wait(lambda: len(lab.rules(account)) >= 6, "alerts that no checkpoint covers yet")
    os.kill(lab.flink.gateway.pid, signal.SIGKILL)
    lab.pay(account, LARGE)
    lab.pay(unseen, LARGE)
    lab.flink.restart()
    (row,) = lab.episodes_of(account)
    assert (row["payments"], row["amount"]) == (7, Decimal("10500.00"))
    assert row["alerts"] == len({alert["alert_id"] for alert in lab.alerts[account]}) + 7, "7 alerts of the score"
    assert [one["payments"] for one in lab.episodes_of(unseen)] == [1]
