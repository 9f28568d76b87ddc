"""Contracts: what is derived agrees with what is declared."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import fastavro
import pytest

from components.contracts import AUTH_USER, FLAGGED_USER, FRAUD_ALERT, OUTPUTS, SOURCES, ddl, flink, schemas, search


def test_no_sensitive_column_is_published():
    for table in (*SOURCES, *OUTPUTS):
        assert "PASSWORD" not in [column.name for column in table.published], f"{table.name} publishes PASSWORD"
    assert [column.name for column in AUTH_USER.sensitive] == ["PASSWORD"], "mark PASSWORD sensitive in contracts"


@pytest.mark.parametrize("table", OUTPUTS, ids=lambda table: table.name)
def test_avro_value_reads_back_what_was_written(table):
    samples = {
        "BigInt": 7, "Integer": 3, "Boolean": True, "Decimal": Decimal("12.34"), "String": "x",
        "Timestamp": datetime(2026, 11, 24, 10, 0, 0, 123000, tzinfo=UTC),
    }  # fmt: skip
    row = {column.name: samples[type(column.type).__name__] for column in table.published}
    schema = fastavro.parse_schema(json.loads(schemas.avro_value(table)))
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, schema, row)
    buffer.seek(0)
    assert fastavro.schemaless_reader(buffer, schema, None) == row, "the Avro schema loses something of the contract"


def test_keys_of_the_outputs_are_the_references():
    assert [column.name for column in FLAGGED_USER.key] == ["ACCOUNT_ID"]
    assert [column.name for column in FRAUD_ALERT.key] == ["alert_id"]
    for table in OUTPUTS:
        if not table.key:
            with pytest.raises(ValueError, match="no key column"):
                schemas.avro_key(table)


def test_money_is_exact_everywhere():
    for table in (*SOURCES, *OUTPUTS):
        text = ddl.oracle(table) + ddl.postgres(table) + schemas.avro_value(table) + str(flink.columns(table))
        assert "DOUBLE" not in text.upper() and "FLOAT" not in text.upper(), f"{table.name} keeps money as a float"


def test_flagged_user_keeps_the_references_columns():
    names = [column.name for column in FLAGGED_USER.columns]
    reference = ["ACCOUNT_ID", "user_name", "email", "total_amount", "transaction_count", "updated_at"]
    assert names[: len(reference)] == reference, "users' dashboards and queries name these columns"


def test_search_mapping_dates_every_timestamp():
    properties = search.mapping(FRAUD_ALERT)["properties"]
    assert properties["event_time"]["type"] == "date", "without a date type no dashboard has a time axis"
    assert properties["amount"] == {"type": "scaled_float", "scaling_factor": 100}
