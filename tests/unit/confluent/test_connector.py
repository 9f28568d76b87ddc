"""Typed connectors: separate secrets, and refused keys and values."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any, cast

import pytest

from components.confluent.connector import Connector, SinkConnector
from components.oracle.connector import OracleXStreamSource
from components.sinks.opensearch.connector import Index, OpenSearchSink
from components.sinks.redshift.connector import RedshiftSink
from components.sinks.snowflake.connector import SnowflakeSink

SINK: dict[str, Any] = {"topics": ("t",), "dead_letter_topic": "dead_letter"}
INDEX = Index(name="t", topic="t", write_method="UPSERT", on_null_values="DELETE")
ARGUMENTS: dict[type[Connector], dict[str, Any]] = {
    OracleXStreamSource: {
        "hostname": "h",
        "user": "u",
        "password": "hush",
        "processor_licenses": 1,
        "topic_prefix": "fd",
        "table_include_list": "S[.]T",
        "column_include_list": "S[.]T[.]A",
    },
    RedshiftSink: SINK | {"domain": "h", "user": "u", "password": "hush", "database": "d"},
    OpenSearchSink: SINK
    | {"instance_url": "https://h", "connection_user": "u", "connection_password": "hush", "indexes": (INDEX,)},
    SnowflakeSink: SINK | {"url": "h", "user": "u", "private_key": "hush", "database": "D", "schema": "S", "role": "R"},
}
# The vendor's keys. A plan masks a whole secret map, so it cannot show a misspelt key in it.
SENSITIVE: dict[type[Connector], set[str]] = {
    OracleXStreamSource: {"database.password"},
    RedshiftSink: {"aws.redshift.password"},
    OpenSearchSink: {"connection.password"},
    SnowflakeSink: {"snowflake.private.key"},
}
ALL = pytest.mark.parametrize("connector", ARGUMENTS, ids=lambda connector: connector.__name__)


@ALL
def test_secrets_are_only_in_the_sensitive_map(connector: type[Connector]) -> None:
    config = connector(**ARGUMENTS[connector])
    assert config.sensitive() == dict.fromkeys(SENSITIVE[connector], "hush")
    assert "hush" not in config.nonsensitive("c", "sa-1").values(), "mark the field secret=True"


@ALL
def test_a_required_text_is_not_empty(connector: type[Connector]) -> None:
    required = [name for name, value in ARGUMENTS[connector].items() if isinstance(value, str)]
    for name in required:
        with pytest.raises(ValueError, match=f"{name} is empty; set a value"):
            connector(**cast(Any, ARGUMENTS[connector] | {name: ""}))


@ALL
def test_refused_values_are_reported_with_the_allowed_ones(connector: type[Connector]) -> None:
    restricted = [field for field in dataclasses.fields(connector) if field.metadata.get("allowed")]
    assert restricted
    for field in restricted:
        with pytest.raises(
            ValueError, match=rf"{field.name} is 'nonsense'; set it to one of {field.metadata['allowed'][0]}"
        ):
            connector(**cast(Any, ARGUMENTS[connector] | {field.name: "nonsense"}))


def test_the_source_reads_one_outbound_server() -> None:
    with pytest.raises(ValueError, match="tasks_max must be 1"):
        OracleXStreamSource(**ARGUMENTS[OracleXStreamSource], tasks_max=2)


def test_each_topic_of_the_search_sink_needs_its_index() -> None:
    with pytest.raises(ValueError, match="give each topic one index"):
        OpenSearchSink(**{**ARGUMENTS[OpenSearchSink], "topics": ("t", "other")})
    with pytest.raises(ValueError, match="takes 1 to 5"):
        OpenSearchSink(**{**ARGUMENTS[OpenSearchSink], "indexes": ()})
    with pytest.raises(ValueError, match="indexes has 6 entries; the connector takes 1 to 5"):
        OpenSearchSink(**{**ARGUMENTS[OpenSearchSink], "indexes": (INDEX,) * 6})


@pytest.mark.parametrize("field", ["write_method", "on_null_values"])
def test_an_index_has_a_write_method_of_the_vendor(field: str) -> None:
    with pytest.raises(ValueError, match=f"index t: {field} is 'MERGE'"):
        dataclasses.replace(INDEX, **{field: "MERGE"})
    for method in ("INSERT", "UPSERT"):
        for on_null in ("IGNORE", "DELETE", "FAIL"):
            assert dataclasses.replace(INDEX, write_method=method, on_null_values=on_null)


def test_a_sink_without_topics_is_refused() -> None:
    with pytest.raises(ValueError, match="topics is empty; name at least one topic"):
        RedshiftSink(**{**ARGUMENTS[RedshiftSink], "topics": ()})


def test_a_streaming_buffer_is_at_least_a_second() -> None:
    with pytest.raises(ValueError, match="1 second or more"):
        SnowflakeSink(**ARGUMENTS[SnowflakeSink], buffer_flush_time=0)


# The vendor's templates of 2026-02: the keys of these classes, and all required ones.
FACTS: dict[str, dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("connector_keys.json").read_text(encoding="utf-8")
)
# Keys of every connector or every sink; only the documentation has write.method.
SERVICE = {"name", "connector.class", "kafka.auth.mode", "kafka.service.account.id", "tasks.max"}
SINKS = {"topics", "input.data.format", "input.key.format", "errors.tolerance", "errors.deadletterqueue.topic.name"}
DOCUMENTED = {"index1.write.method"}


@ALL
def test_every_key_and_value_is_in_the_vendors_template(connector: type[Connector]) -> None:
    facts = FACTS[connector.connector_class]
    config = connector(**ARGUMENTS[connector])
    written = config.nonsensitive("c", "sa-1") | config.sensitive()
    known = facts.keys() | SERVICE | (SINKS if issubclass(connector, SinkConnector) else set()) | DOCUMENTED
    assert written.keys() <= known, f"{connector.__name__} sets keys that the vendor does not have"
    for key, value in written.items():
        allowed = [str(one) for one in facts.get(key, {}).get("values", [])]
        assert not allowed or value in allowed, f"{key}={value}: the vendor allows {allowed}"
        if facts.get(key, {}).get("type") in ("INT", "LONG"):
            assert str(value).isdecimal(), f"{key}={value}: the vendor wants a number"


@ALL
def test_the_vendor_allows_every_allowed_value(connector: type[Connector]) -> None:
    for field in dataclasses.fields(connector):
        allowed = FACTS[connector.connector_class].get(field.metadata.get("key", ""), {}).get("values")
        if allowed and field.metadata["allowed"]:
            assert set(field.metadata["allowed"]) <= set(allowed), field.name


@ALL
def test_every_required_key_of_the_vendor_is_set(connector: type[Connector]) -> None:
    config = connector(**ARGUMENTS[connector])
    required = {key for key, fact in FACTS[connector.connector_class].items() if fact.get("required")}
    assert required <= (config.nonsensitive("c", "sa-1") | config.sensitive()).keys()
