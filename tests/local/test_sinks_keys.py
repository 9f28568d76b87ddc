"""Each connector key is honoured or refused, all problems in one error."""

from __future__ import annotations

from typing import Any

import pytest

from local import source
from local.errors import RunError
from local.sinks.config import SinkConfig
from local.sinks.twins import BY_CLASS

COMMON = {
    "name": "c",
    "kafka.auth.mode": "SERVICE_ACCOUNT",
    "kafka.service.account.id": "sa-c",
    "tasks.max": "1",
}
SINK = COMMON | {
    "input.data.format": "AVRO",
    "errors.tolerance": "all",
    "errors.deadletterqueue.topic.name": "dead",
}
SOURCE = COMMON | {
    "connector.class": "OracleXStreamSource",
    "topic.prefix": "fd",
    "table.include.list": "SAMPLE[.]AUTH_USER",
    "column.include.list": "SAMPLE[.]AUTH_USER[.]ID",
    "decimal.handling.mode": "precise",
    "heartbeat.interval.ms": "10000",
    "database.out.server.name": "XOUT",
}
REDSHIFT = SINK | {
    "connector.class": "RedshiftSink",
    "topics": "auth_user,user_transaction",
    "aws.redshift.database": "fraud",
    "auto.create": "true",
    "batch.size": "700",
    "table.name.format": "raw_${topic}",
}
OPENSEARCH = SINK | {
    "connector.class": "OpenSearchSink",
    "topics": "flagged_user",
    "indexes.num": "1",
    "index1.name": "flagged",
    "index1.topic": "flagged_user",
    "index1.write.method": "UPSERT",
    "index1.behavior.on.null.values": "DELETE",
}
SNOWFLAKE = SINK | {
    "connector.class": "SnowflakeSink",
    "topics": "flagged_user,fraud_alert",
    "snowflake.schema.name": "STREAMING",
    "snowflake.topic2table.map": "flagged_user:FLAGGED",
    "behavior.on.null.values": "IGNORE",
    "buffer.flush.time": "10",
}
ALL = pytest.mark.parametrize("config", [SOURCE, REDSHIFT, OPENSEARCH, SNOWFLAKE], ids=lambda c: c["connector.class"])


def translated(config: dict[str, str]) -> Any:
    if config["connector.class"] == source.SOURCE_CLASS:
        return source.debezium(config, host="h", port=5, user="u", secret="${s}", database="d")
    return BY_CLASS[config["connector.class"]].settings(config)


def refusal(config: dict[str, str]) -> str:
    with pytest.raises(RunError) as caught:
        translated(config)
    return str(caught.value)


@ALL
def test_a_misspelt_key_is_refused_with_the_nearest_name(config):
    wrong = {key: value for key, value in config.items() if key != "tasks.max"} | {"task.max": "1"}
    message = refusal(wrong)
    assert "task.max" in message and "did you mean tasks.max" in message
    assert f"connector c ({config['connector.class']})" in message


@ALL
def test_every_problem_is_in_one_error(config):
    message = refusal(config | {"kafka.auth.mode": "KAFKA_API_KEY", "tasks.max": "two", "nonsense.key": "1"})
    assert "can honour SERVICE_ACCOUNT" in message
    assert "tasks.max is 'two'; set it to a whole number from 1" in message
    assert "nonsense.key" in message


@ALL
def test_every_bad_value_gets_an_error_that_names_its_key(config):
    for key in config.keys() - {"connector.class", "name"}:
        try:
            translated(config | {key: "§ nonsense, of no meaning"})
        except RunError as error:
            assert key in str(error), f"the refusal does not name {key}"


@pytest.mark.parametrize(
    ("config", "key", "value", "allowed"),
    [
        (SOURCE, "decimal.handling.mode", "double", "precise"),
        (SOURCE, "snapshot.mode", "recovery", "initial"),
        (SOURCE, "output.data.format", "PROTOBUF", "AVRO"),
        (SOURCE, "heartbeat.interval.ms", "soon", "a whole number"),
        (REDSHIFT, "auto.create", "false", "true"),
        (REDSHIFT, "db.timezone", "Europe/Berlin", "UTC"),
        (REDSHIFT, "table.name.format", "one_for_all", "${topic}"),
        (REDSHIFT, "batch.size", "0", "a whole number"),
        (OPENSEARCH, "index1.write.method", "UPSRT", "did you mean UPSERT"),
        (OPENSEARCH, "index1.name", "Flagged", "lower-case"),
        (OPENSEARCH, "indexes.num", "two", "1 to 5"),
        (SNOWFLAKE, "snowflake.enable.schematization", "false", "true"),
        (SNOWFLAKE, "snowflake.topic2table.map", "flagged_user", "topic:table"),
        (SNOWFLAKE, "buffer.flush.time", "0", "a whole number from 1"),
    ],
)
def test_a_refused_value_is_named_with_the_allowed_ones(config, key, value, allowed):
    message = refusal(config | {key: value})
    assert f"{key} is {value!r}" in message and allowed in message


@pytest.mark.parametrize(
    ("config", "key"),
    [
        (SOURCE, "topic.prefix"),
        (REDSHIFT, "topics"),
        (REDSHIFT, "errors.deadletterqueue.topic.name"),
        (OPENSEARCH, "indexes.num"),
        (OPENSEARCH, "index1.topic"),
        (SNOWFLAKE, "snowflake.schema.name"),
    ],
)
def test_a_missing_key_is_named(config, key):
    assert f"{key} is missing" in refusal({name: value for name, value in config.items() if name != key})


def test_keys_of_an_index_beyond_their_number_are_refused():
    assert "index2.name is not a key" in refusal(OPENSEARCH | {"index2.name": "other"})


def test_topics_and_indexes_must_agree():
    assert "fraud_alert" in refusal(OPENSEARCH | {"topics": "flagged_user,fraud_alert"})


def test_the_source_keeps_its_own_keys_and_its_secret_is_a_reference():
    config = translated(SOURCE)
    for key in ("topic.prefix", "table.include.list", "decimal.handling.mode", "heartbeat.interval.ms"):
        assert config[key] == SOURCE[key]
    assert config["database.password"] == "${s}" and config["database.hostname"] == "h"
    assert source.heartbeat_topic(SOURCE).startswith("__orcl-heartbeat.lcc"), "the plan's ACL allows only this prefix"


def test_the_sinks_honour_names_methods_and_null_values():
    redshift: SinkConfig = translated(REDSHIFT)
    assert [topic.target for topic in redshift.topics] == ["raw_auth_user", "raw_user_transaction"]
    assert (redshift.batch_size, redshift.dead_letter, redshift.tolerant) == (700, "dead", True)
    (index,) = translated(OPENSEARCH).topics
    assert (index.target, index.method, index.on_null) == ("flagged", "UPSERT", "DELETE")
    flagged, alert = translated(SNOWFLAKE).topics
    assert (flagged.target, alert.target, flagged.on_null) == ("FLAGGED", "fraud_alert", "IGNORE")


def test_a_sink_tolerates_bad_records_only_when_both_keys_say_so():
    assert not translated(REDSHIFT | {"errors.tolerance": "none"}).tolerant
    assert not translated(OPENSEARCH | {"behavior.on.error": "FAIL"}).tolerant
    assert translated(OPENSEARCH | {"behavior.on.error": "IGNORE"}).tolerant
