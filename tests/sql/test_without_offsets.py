"""The fallback of docs/first-deploy.md, without a watermark on a column computed from the offset."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from components.contracts import FRAUD_ALERT, USER_TRANSACTION, Table
from local.flink.session import FlinkStatement
from tests.sql.conftest import Lab
from tests.sql.reference import Payment, judge
from tests.sql.test_property import RULES, compare, send

pytestmark = pytest.mark.local


def watermark(table: Table, text: str) -> FlinkStatement:
    sql = f"ALTER TABLE `{table.topic}` MODIFY WATERMARK FOR {text}"
    return FlinkStatement(name=f"fallback-{table.name}", sql=sql, file="flink_sql/append/watermark.sql")


@pytest.fixture
def by_record_time(lab: Lab) -> Iterator[Lab]:
    rules, now = lab.rules_statement, lab.now
    lab.flink.cancel(rules.name)
    for table in (USER_TRANSACTION, FRAUD_ALERT):
        lab.flink.submit(watermark(table, "`$rowtime` AS `$rowtime` - INTERVAL '0.001' SECOND"))
    fallback = replace(rules, name="fallback", sql=rules.sql.replace("`seq`", "`$rowtime`"))
    lab.flink.submit(fallback)
    yield lab
    lab.now = now
    lab.stop(fallback.name)
    for table in (USER_TRANSACTION, FRAUD_ALERT):
        lab.flink.submit(watermark(table, "`seq` AS `seq`"))
    lab.flink.submit(rules)


def test_payments_are_judged_in_the_order_of_record_times(by_record_time: Lab) -> None:
    lab = by_record_time
    account = lab.user()
    # Later than the records of earlier tests, so that none of these is late.
    begin = int(time.time() * 1000) - 1_900_000
    topic = [
        Payment(
            number=5 * 10**8 + place,
            account=account,
            amount=Decimal(("400.00", "1000.00", "40.00")[place % 3]),
            address=("10.0.0.1", "203.0.113.1")[place % 2],
            received_at=begin + (place * 7 % 30) * 60_000,
            arrived=begin + 1_900_000 + 2 * place,
        )
        for place in range(40)
    ]
    again = [replace(one, arrived=one.arrived + 70) for one in topic[10:30]]
    rest = [replace(one, arrived=one.arrived + 140) for one in topic[30:]]
    topic = [*topic[:30], *again, *rest]
    send(lab, topic)
    lab.wait(lambda: len(lab.alerts[account]) >= len(judge(topic[:-1], RULES).alerts), "alerts of all but the last")
    last = topic[-1]
    assert last.number not in {one["transaction_id"] for one in lab.alerts[account]}, (
        "the last one waits for the next record"
    )
    lab.now = datetime.datetime.now(datetime.UTC)
    for _ in range(2):
        lab.pay(lab.user(), "1.00")
    wanted = len(judge(topic, RULES).alerts)
    lab.wait(lambda: len(lab.alerts[account]) >= wanted, "alerts of the last payment too")
    lab.checkpoint("fallback")
    compare(lab, topic, [account])
    log = lab.flink.gateway.log.read_text(encoding="utf-8")
    assert "EnforcerException" not in log, "an episode needs its id even where the first alert of a payment was late"
