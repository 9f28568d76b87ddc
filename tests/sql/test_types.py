"""The local Flink refuses SQL that Oracle's number types break in the cloud."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.confluent import pipeline
from components.contracts import AUTH_USER, SOURCES, USER_TRANSACTION, BigInt, Decimal, Table
from local.flink.errors import StatementError
from local.flink.session import FlinkStatement
from tests.sql.conftest import Lab

pytestmark = pytest.mark.local
FILE = "flink_sql/cleaned.sql"


def cleaned(*changes: tuple[str, str]) -> FlinkStatement:
    (declared,) = [each for each in pipeline.statements(24) if each.name == "cleaned"]
    sql = declared.text({})
    for old, new in changes:
        assert old in sql, f"{FILE} has no {old} any more"
        sql = sql.replace(old, new)
    return FlinkStatement(name="types", sql=sql, file=FILE)


def with_19_digits(table: Table) -> Table:
    """The table with the keys of Django's Oracle backend, in its own topic."""
    columns = [replace(c, type=Decimal(19, 0)) if isinstance(c.type, BigInt) else c for c in table.columns]
    return replace(table, topic=f"{table.topic}.19", columns=tuple(columns))


@pytest.mark.parametrize("table", SOURCES, ids=lambda table: table.name)
def test_keys_of_19_digits_are_refused(lab: Lab, table: Table) -> None:
    wide = with_19_digits(table)
    lab.flink.create_table(wide)
    try:
        with pytest.raises(StatementError, match=rf"(?s){FILE}:\d+.*DECIMAL\(19, 0\)"):
            lab.flink.submit(cleaned((f"`{table.topic}`", f"`{wide.topic}`")))
    finally:
        lab.flink.drop_table(wide.topic)


def test_flags_are_numbers_and_must_be_compared(lab: Lab) -> None:
    with pytest.raises(StatementError, match=rf"(?s){FILE}:\d+.*TINYINT"):
        lab.flink.submit(cleaned(("`IS_STAFF` <> 0", "`IS_STAFF`")))


def test_the_contract_has_no_such_keys() -> None:
    for table in (AUTH_USER, USER_TRANSACTION):
        assert not [c.name for c in table.columns if c.type == Decimal(19, 0)], "Flink would need casts of keys"
