"""Errors in statements name file and line; statements survive a kill of the JVM."""

from __future__ import annotations

import os
import re
import signal

import pytest
from confluent_kafka import Consumer, TopicPartition

from bench.records import decoded
from components.confluent import pipeline
from components.confluent.settings import StreamingSettings
from components.contracts import CLEANED_TRANSACTION, FRAUD_ALERT
from local.errors import RunError
from local.flink import job_settings
from local.flink.errors import StatementError
from local.flink.session import FlinkStatement
from local.flink.table_sql import HIDDEN
from tests.sql.conftest import ADMIN, Lab

pytestmark = pytest.mark.local


def statement(sql: str, **properties: str) -> FlinkStatement:
    return FlinkStatement(name="test", sql=sql, file="flink_sql/test.sql", properties=properties)


@pytest.mark.parametrize(
    ("sql", "line", "message"),
    [
        ("-- a comment\nINSERT INTO `auth_user`\nSELEC 1", 3, "Non-query expression"),
        ("INSERT INTO `user_transaction`\nSELECT `NO_SUCH` FROM\n`fd.SAMPLE.USER_TRANSACTION`", 2, "NO_SUCH"),
    ],
)
def test_an_error_names_file_line_and_flinks_message(lab: Lab, sql: str, line: int, message: str) -> None:
    with pytest.raises(StatementError) as caught:
        lab.flink.submit(statement(sql))
    assert f"flink_sql/test.sql:{line}:" in str(caught.value), str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO `fraud_alerts` SELECT * FROM `fraud_alert`",
        "INSERT INTO `fraud_alert` SELECT * FROM `fraud_alerts`",
        "ALTER TABLE `fraud_alerts` SET ('changelog.mode' = 'append')",
    ],
)
def test_the_error_about_an_unknown_table_lists_the_topics(lab: Lab, sql: str) -> None:
    with pytest.raises(
        StatementError, match=r"The topics are: auth_user, .*, fraud_alert, .*, user_transaction"
    ) as caught:
        lab.flink.submit(statement(sql))
    assert "fraud_alerts" in str(caught.value)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("'changelog.mood' = 'append'", "knows no option 'changelog.mood'"),
        ("'changelog.mode' = 'retract'", "changelog.mode is 'retract'; the local run knows append, upsert"),
        ("'error-handling.mode' = 'loud'", "error-handling.mode is 'loud'; the local run knows fail, ignore, log"),
    ],
)
def test_an_unknown_option_is_refused(lab: Lab, option: str, message: str) -> None:
    try:
        with pytest.raises(RunError, match=message):
            lab.flink.submit(statement(f"ALTER TABLE `user_transaction` SET ({option})"))
    finally:
        lab.flink.drop_table("user_transaction")
        lab.flink.create_table(CLEANED_TRANSACTION)


@pytest.mark.parametrize(
    ("name", "value"),
    [(job_settings.TIME_ZONE, "Europe/Berlin"), (job_settings.ALIGNMENT, "5 min"), (job_settings.STATE_TTL, "soon")],
)
def test_a_value_that_the_run_cannot_honour_is_refused(lab: Lab, name: str, value: str) -> None:
    with pytest.raises(RunError, match=re.escape(f"{name} = '{value}'")):
        lab.flink.submit(statement("INSERT INTO `auth_user` SELECT * FROM `auth_user`", **{name: value}))


def test_a_missing_sink_column_is_refused(lab: Lab) -> None:
    with pytest.raises(StatementError, match=r"(?s)flink_sql/test\.sql:1:1: .*Different number of columns"):
        lab.flink.submit(statement("INSERT INTO `user_transaction` SELECT `ID` FROM `fd.SAMPLE.USER_TRANSACTION`"))


def test_create_table_is_refused(lab: Lab) -> None:
    with pytest.raises(StatementError, match="declare tables as topics"):
        lab.flink.submit(statement("CREATE TABLE `x` (`a` INT)"))


def test_an_unknown_property_is_refused(lab: Lab) -> None:
    sql = "INSERT INTO `user_transaction` SELECT * FROM `fd.SAMPLE.USER_TRANSACTION`"
    with pytest.raises(RunError, match=r"no property 'sql\.tables\.x'; it knows .*sql\.state-ttl"):
        lab.flink.submit(statement(sql, **{"sql.tables.x": "1"}))


VARIABLES = StreamingSettings().sql_variables


@pytest.mark.parametrize("declared", pipeline.statements(24), ids=lambda declared: declared.name)
def test_declared_reads_and_writes_match_flinks_plan(lab: Lab, declared: pipeline.Statement) -> None:
    sql = declared.text(VARIABLES).rstrip().removesuffix(";")
    if declared.alters:
        assert re.findall(r"ALTER TABLE `([^`]+)`", sql) == list(declared.alters)
        return
    plan = lab.flink.explain(sql[sql.index("STATEMENT SET") :])
    reads = {name.removeprefix(HIDDEN) for name in re.findall(r"TableSourceScan\(table=\[\[\w+, \w+, ([^\],]+)", plan)}
    writes = set(re.findall(r"Sink\(table=\[\w+\.\w+\.([^\]]+)\]", plan))
    assert reads == set(declared.reads), f"correct reads= of {declared.name} in components/confluent/pipeline.py"
    assert writes == set(declared.writes), f"correct writes= of {declared.name} in components/confluent/pipeline.py"


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("`foreign` AS `foreign_address`", "`abroad` AS `foreign_address`", "foreign_address.yaml:5"),
        ("`foreign_payments` > 0", "`payments_abroad` > 0", "foreign_address.yaml:6"),
        ("'payment from ', `IP_ADDRESS`", "'payment from ', `IP`", "foreign_address.yaml:7"),
        ("`payments` > 10 AS `burst_count`", "`paymentz` > 10 AS `burst_count`", "burst_count.yaml:6"),
        ("WHEN 0 THEN `TERMINAL_ID` END", "WHEN 0 THEN `TILL_ID` END", "card_testing.yaml:16"),
        ("near_payments_at IS NOT NULL AS `near_limit`", "near_at IS NOT NULL AS `near_limit`", "structuring.yaml:21"),
        ("`silent_days` > 45 THEN `newest`", "`silence` > 45 THEN `newest`", "dormant_account.yaml:15"),
        ("`silent_days` > 45 THEN `silent_days`", "`silent_days` > 45 THEN `days`", "dormant_account.yaml:15"),
    ],
)
def test_an_error_in_a_rule_names_its_file_and_line(lab: Lab, old: str, new: str, place: str) -> None:
    text = lab.rules_statement.sql
    assert old in text, f"{old} is not in the statement: write here what is"
    with pytest.raises(StatementError) as caught:
        lab.flink.submit(statement(text.replace(old, new, 1)))
    assert str(caught.value).startswith(f"flink_sql/rules/{place}: "), str(caught.value)


def test_all_inserts_of_the_rules_share_the_look_back_and_the_score(lab: Lab) -> None:
    (rules,) = (declared for declared in pipeline.statements(24) if "fraud_alert" in declared.writes)
    sql = rules.text(VARIABLES).rstrip().removesuffix(";")
    _, plan = lab.flink.explain(sql[sql.index("STATEMENT SET") :]).split("== Optimized Execution Plan ==")
    # Repetitions, places, look-back, sums; repetitions, account and terminal of outcomes (two); places and look-back of
    # transfers. The episodes: repetitions, the newest alert, the one before, beginnings, a payment's first
    # alert, its episode.
    assert plan.count("OverAggregate(") == 10 + 6, "each must run once, for the alerts and for the scores"
    # Without the barriers, Flink computes the distances of impossible_travel several times: 36 sines in one operator.
    sines = max(line.count("SIN(") for line in plan.splitlines())
    assert sines == 3 * (1 + 4), "an expression is computed more than once"
    # Payments meet the outcomes of their terminal once; alerts are put together once.
    assert plan.count("GroupAggregate(") == 2
    sums = [line for line in plan.splitlines() if " AS total," in line and " AS small," in line]
    assert len(sums) == 1, "the two sums of a window must be computed once"


def test_statements_survive_a_killed_jvm(lab: Lab) -> None:
    before, after, since = lab.user(), lab.user(), end_of_alerts(lab)
    lab.pay(before, "600.00")
    lab.settle()
    lab.checkpoint(lab.rules_statement.name)
    os.kill(lab.flink.gateway.pid, signal.SIGKILL)
    lab.pay(before, "600.00")
    lab.pay(after, "1500.00")
    lab.flink.restart()
    lab.settle()
    assert "burst_amount" in lab.rules(before), "a payment before the kill must be in the window after it"
    assert "large_amount" in lab.rules(after), "payments during the downtime must be judged"
    assert committed_duplicates(lab, since) == [], "read_committed readers see each alert once"


def end_of_alerts(lab: Lab) -> int:
    consumer = Consumer({**lab.kafka.client(ADMIN), "group.id": "end"})
    _, end = consumer.get_watermark_offsets(TopicPartition(FRAUD_ALERT.topic, 0), 10)
    consumer.close()
    return end


def committed_duplicates(lab: Lab, since: int) -> list[str]:
    """Ids that alerts have in common, of those from the offset `since` on: other tests replace the statement."""
    lab.checkpoint(lab.rules_statement.name)  # commits the last transaction
    consumer = Consumer(
        {**lab.kafka.client(ADMIN), "group.id": "committed"}
        | {"isolation.level": "read_committed", "enable.partition.eof": True}
    )
    consumer.assign([TopicPartition(FRAUD_ALERT.topic, 0, since)])
    seen: list[str] = []
    while True:
        message = consumer.poll(10)
        assert message is not None, "Kafka does not answer"
        if message.error():
            break
        seen.append(decoded(lab.schemas, message)[1]["alert_id"])
    consumer.close()
    assert seen, "no committed alert: do checkpoints complete?"
    return sorted({alert for alert in seen if seen.count(alert) > 1})


def second_rule(account: int, rule: str) -> str:
    return f"""INSERT INTO `fraud_alert` (`alert_id`, `transaction_id`, `ACCOUNT_ID`, `rule_id`)
      SELECT CONCAT(CAST(`ID` AS STRING), '-{rule}'), `ID`, `ACCOUNT_ID`, '{rule}'
      FROM `fd.SAMPLE.USER_TRANSACTION` WHERE `ACCOUNT_ID` = {account};"""


def test_statements_can_write_one_topic(lab: Lab) -> None:
    account, since = lab.user(), end_of_alerts(lab)
    both = f"EXECUTE STATEMENT SET BEGIN\n{second_rule(account, 'c')}\n{second_rule(account, 'd')}\nEND;"
    own = {"a": second_rule(account, "a"), "b": second_rule(account, "b"), "set": both}
    for name, sql in own.items():  # their checkpoints have the same numbers at the same time
        lab.flink.submit(FlinkStatement(name=name, sql=sql, file="flink_sql/test.sql"))
    try:
        for _ in range(5):
            lab.pay(account, "5000.00")
            for name in own:
                lab.checkpoint(name)
        lab.settle()
        expected = sorted(5 * ["large_amount", "a", "b", "c", "d"])
        lab.wait(lambda: len(lab.rules(account)) >= len(expected), f"{len(expected)} alerts")
        assert committed_duplicates(lab, since) == [], "each alert is committed once"
        assert sorted(lab.rules(account)) == expected
        log = lab.flink.gateway.log.read_text(encoding="utf-8")
        assert "transactionalIdPrefix" not in log, "give each writer of a topic its own transactional ids"
    finally:
        for name in own:
            lab.flink.cancel(name)
