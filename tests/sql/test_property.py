"""Random streams on real Flink give the same alerts as the rules in plain Python, whatever clocks and order.

`PROPERTY_STREAMS=1000` tries more streams, different ones each time.
"""

from __future__ import annotations

import datetime
import itertools
import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.sql.conftest import Lab
from tests.sql.reference import WEIGHTS, Flag, Payment, Rules, Verdict, judge

pytestmark = pytest.mark.local

STREAMS = int(os.environ.get("PROPERTY_STREAMS", "0"))
RULES = Rules(
    window_minutes=10,
    burst_count=10,
    burst_amount=Decimal("1000.00"),
    large_amount=Decimal("1000.00"),
    home_prefix="10.",
)
MINUTES, SECONDS = 60_000, 1_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
SETTLED_SECONDS = 0.05


@dataclass(frozen=True)
class Pay:
    """`at` and `arrived` are milliseconds since the start of the stream; `at` may be "1970" or "9999"."""

    account: int
    amount: str
    address: str
    at: int | str
    arrived: int


@dataclass(frozen=True)
class SendAgain:
    """The source goes back by some payments and resends them in order."""

    back: int


Step = Pay | SendAgain

# Around the window's limits; anywhere in an hour's backlog; wrong clocks.
TIMES = st.one_of(
    st.sampled_from([0, 1, 10 * MINUTES, 10 * MINUTES + 1, 10 * MINUTES - 1, -10 * MINUTES, -10 * MINUTES - 1]),
    st.integers(-20 * SECONDS, 20 * SECONDS),
    st.integers(-60 * MINUTES, 0),
    st.sampled_from(["1970", "9999", 30 * MINUTES, -24 * 60 * MINUTES]),
)
PAYMENTS = st.builds(
    Pay,
    account=st.integers(0, 2),
    amount=st.sampled_from(
        ["0.00", "-500.00", "5.00", "40.00", "199.99", "400.00", "999.99", "1000.00", "9999999999.99", "-9999999999.99"]
    ),
    address=st.sampled_from(["10.0.0.1", "::ffff:10.0.0.5", "::FFFF:10.1.1.1", "100.0.0.1", "2001:db8::1"]),
    at=TIMES,
    arrived=st.one_of(st.integers(0, 5 * SECONDS), st.just(11 * MINUTES)),
)
BURSTS = st.builds(
    lambda payment, count, step: [
        Pay(payment.account, payment.amount, payment.address, place * step, 11 * MINUTES) for place in range(count)
    ],
    PAYMENTS,
    st.integers(2, 40),
    st.sampled_from([0, 1, 1_000, 15_000, -1_000, 60_000]),
)
STEPS = st.lists(
    st.one_of(
        PAYMENTS.map(lambda one: [one]), BURSTS, st.builds(SendAgain, st.integers(1, 200)).map(lambda one: [one])
    ),
    min_size=1,
    max_size=25,
).map(lambda parts: list(itertools.chain(*parts)))
# Ids of a stream, by position: ascending, descending, with gaps, below zero, shuffled.
IDS: dict[str, Callable[[int], int]] = {
    "rising": lambda place: place,
    "falling": lambda place: -place,
    "gaps": lambda place: 20 * place,
    "shuffled": lambda place: place * 7919 % 10_007,
}
streams = itertools.count(1)


def records(steps: list[Step], ids: str, accounts: list[int], sign: int) -> list[Payment]:
    """The topic's records, repetitions included. No two streams share an id."""
    begin = int(time.time() * 1000) - 15 * MINUTES
    base = 10**9 + next(streams) * 100_000
    sent: list[Payment] = []
    topic: list[Payment] = []
    for step in steps:
        if isinstance(step, SendAgain):
            topic += sent[-step.back :]
            continue
        at = {"1970": 1, "9999": 253402300799000}[step.at] if isinstance(step.at, str) else begin + step.at
        payment = Payment(
            number=sign * (base + IDS[ids](len(sent))),
            account=accounts[step.account],
            amount=Decimal(step.amount),
            address=step.address,
            received_at=at,
            arrived=begin + step.arrived,
        )
        sent.append(payment)
        topic.append(payment)
    return topic


def send(lab: Lab, topic: list[Payment]) -> None:
    for one in topic:
        at = EPOCH + datetime.timedelta(milliseconds=one.received_at)
        lab.send_payment(one.number, one.account, str(one.amount), at, one.address, one.arrived)


def found(lab: Lab, accounts: list[int]) -> Verdict:
    """Flink's alerts and flags of these accounts."""
    verdict = Verdict()
    for account in accounts:
        verdict.alerts += [
            (one["transaction_id"], one["rule_id"], one["reason"])
            for one in lab.alerts[account]
            if one["rule_id"] in WEIGHTS
        ]
        rows = lab.flagged[account]
        if rows and rows[-1]:
            verdict.flags[account] = Flag(
                rules=rows[-1]["rules"],
                score=rows[-1]["score"],
                transaction_count=rows[-1]["transaction_count"],
                total_amount=Decimal(rows[-1]["total_amount"]),
            )
    return verdict


def compare(lab: Lab, topic: list[Payment], accounts: list[int], *, repeated: bool = False) -> None:
    """With `repeated`, duplicates are no fault: after a restart Flink rewrites uncommitted alerts."""
    due, there = judge(topic, RULES), found(lab, accounts)
    expected, alerts = Counter(due.alerts), Counter(there.alerts)
    assert not expected - alerts, f"missing: {sorted(expected - alerts)}"
    more = set(alerts) - set(expected) if repeated else alerts - expected
    assert not more, f"too many: {sorted(more)}"
    assert there.flags == due.flags


@settings(
    max_examples=STREAMS or 30,
    derandomize=not STREAMS,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.generate, Phase.shrink],
)
@given(steps=STEPS, ids=st.sampled_from(sorted(IDS)), sign=st.sampled_from([1, -1]))
def test_alerts_and_flags_match_the_definition(lab: Lab, steps: list[Step], ids: str, sign: int) -> None:
    accounts = [lab.user() for _ in range(3)]
    topic = records(steps, ids, accounts, sign)
    send(lab, topic)
    lab.settle()
    time.sleep(SETTLED_SECONDS)
    compare(lab, topic, accounts)


def test_nothing_is_lost_or_doubled_by_a_restart_from_the_checkpoint(lab: Lab) -> None:
    accounts = [lab.user() for _ in range(3)]
    steps: list[Step] = [
        Pay(place % 3, ("400.00", "40.00", "1000.00")[place % 3], "10.0.0.1", place * SECONDS, 11 * MINUTES)
        for place in range(60)
    ]
    topic = records(steps, "shuffled", accounts, 1)
    send(lab, topic[:20])
    lab.settle()
    lab.checkpoint(lab.rules_statement.name)
    send(lab, topic[20:40])
    restart(lab)
    send(lab, topic[25:])
    lab.settle()
    time.sleep(SETTLED_SECONDS)
    compare(lab, topic, accounts, repeated=True)


def restart(lab: Lab) -> None:
    """Restart the rules from their newest checkpoint, which does not cover the last payments."""
    lab.flink.cancel(lab.rules_statement.name)
    lab.flink.submit(lab.rules_statement)


def test_hundreds_of_repeated_payments_count_once(lab: Lab) -> None:
    accounts = [lab.user()]
    steps: list[Step] = [Pay(0, "2.00", "10.0.0.1", place * 61 * SECONDS, 11 * MINUTES) for place in range(400)]
    topic = records([*steps, SendAgain(400), SendAgain(250)], "rising", accounts, 1)
    send(lab, topic)
    lab.settle()
    time.sleep(SETTLED_SECONDS)
    compare(lab, topic, accounts)
