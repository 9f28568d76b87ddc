"""What the app's own functions ask Oracle, offline: it is Oracle's SQL, of tables and columns that the contract has."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlglot
from sqlglot import expressions as exp

from components.contracts import APP_TABLES, SOURCES
from components.contracts.types import Column

CONTRACT: dict[str, dict[str, Column]] = {
    table.name: {column.name: column for column in table.columns} for table in (*SOURCES, *APP_TABLES)
}
NOW = datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)


class Oracle:
    """Stands for the connection: it notes the SQL, and answers with the rows that fit it, or none."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.rows: list[tuple[str, list[tuple[Any, ...]]]] = []
        """Part of a statement, and its rows."""
        self.rowcount = 1
        self._found: list[tuple[Any, ...]] = []

    def __enter__(self) -> Oracle:
        return self

    def __exit__(self, *_: object) -> None: ...

    def close(self) -> None: ...

    def execute(self, sql: str, _values: object = ()) -> None:
        self.asked.append(sql)
        self._found = next((list(rows) for part, rows in self.rows if part in sql), [])

    def fetchone(self) -> Any:
        return self._found.pop(0) if self._found else None

    def fetchmany(self, size: int = 100) -> Any:
        found, self._found = self._found[:size], self._found[size:]
        return found

    def fetchall(self) -> Any:
        return self.fetchmany(len(self._found))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch) -> Iterator[Oracle]:
    from django.db import connections
    from django.db.backends.oracle.base import DatabaseWrapper
    from transactions import ids

    database: Any = DatabaseWrapper(
        {
            **connections["default"].settings_dict,
            "ENGINE": "django.db.backends.oracle",
            "NAME": "x",
            "USER": "SAMPLE",
            "OPTIONS": {},
        },
        "default",
    )
    found = Oracle()
    database.__dict__["oracle_version"] = (21, 3)
    database.operators, database.pattern_ops = database._standard_operators, database._standard_pattern_ops
    for name in ("ensure_connection", "_set_autocommit", "_commit", "_rollback", "validate_no_broken_transaction"):
        monkeypatch.setattr(database, name, lambda *_, **__: None)
    monkeypatch.setattr(database, "cursor", lambda: found)
    monkeypatch.setattr(database, "chunked_cursor", lambda: found)
    database.connection, database.autocommit = object(), True
    found.rows.append(("user_tab_identity_cols", [("ISEQ$$_7", "ID")]))
    found.rows.append(("NEXTVAL", [(number,) for number in range(1, 4)]))
    before = connections["default"]
    connections["default"] = database
    ids._sequence.cache_clear()
    yield found
    ids._sequence.cache_clear()
    database.connection = None
    connections["default"] = before


def check(asked: list[str]) -> None:
    """Each statement is Oracle's, and names only what the contract has."""
    assert asked
    for sql in asked:
        if "user_tab_identity_cols" in sql or "NEXTVAL" in sql:
            continue  # the database's own views
        tree = sqlglot.parse_one(re.sub(r"%s|:arg\d+", ":a", sql), dialect="oracle")
        tables = {table.name for table in tree.find_all(exp.Table)} - {"DUAL"}
        assert tables and tables <= set(CONTRACT), sql
        for column in tree.find_all(exp.Column):
            if column.table in CONTRACT:
                assert column.name in CONTRACT[column.table], sql
        assert not re.search(r"\b(LIMIT|RETURNING)\b", sql), sql
        if isinstance(tree, exp.Insert):
            (name,) = tables
            written = {identifier.name for identifier in tree.this.expressions}
            needed = {column.name for column in CONTRACT[name].values() if not column.nullable and not column.key}
            assert needed <= written <= set(CONTRACT[name]), sql


def key_rows(asked: Oracle) -> list[str]:
    return [sql for sql in asked.asked if sql.startswith("INSERT") and '"IDEMPOTENCY_KEY"' in sql]


def test_a_group_of_payments_and_outcomes(oracle: Oracle) -> None:
    from ingestion import group
    from ingestion.jobs import Job, Told
    from transactions.payment_table import received
    from transactions.payments import Payment

    payment = (7, Decimal(5), NOW.replace(tzinfo=None), "10.0.0.1", 1, None, None, None, None, None)
    oracle.rows += [('FROM "AUTH_USER"', [(1,)]), ('FROM "USER_TRANSACTION"', [payment])]
    several = received([Payment(1, Decimal(5), "10.0.0.1"), Payment(1, Decimal(6), "10.0.0.1")], NOW)
    oracle.rows[1] = ("NEXTVAL", [(1,), (2,)])
    jobs = [Job("a", "f", payments=several)]
    group.write(jobs, seconds=1)
    assert jobs[0].result.result().answer == '{"ids": [1, 2]}'
    oracle.rows[1] = ("NEXTVAL", [(3,)])
    told = Job("b", "f", outcomes=[Told(7, True, NOW)])
    group.write([told], seconds=1)
    assert told.result.result().answer == '{"ids": [3]}'
    check(oracle.asked)
    inserts = [sql for sql in oracle.asked if sql.startswith("INSERT")]
    assert len(inserts) == 4 and len(key_rows(oracle)) == 2
    assert all("TO_NCLOB" in sql for sql in key_rows(oracle)) or all("UNION ALL" not in sql for sql in key_rows(oracle))


def test_a_lost_answer_and_upkeep(oracle: Oracle) -> None:
    from ingestion import group, requests_table
    from transactions.models import IdempotencyKey

    one = group._Group([])
    one._keys = [IdempotencyKey(request_key="a", fingerprint="f", answer="{}", created_at=NOW)]
    assert not one._committed()
    oracle.rows.append(('"CREATED_AT"', [(5, datetime.datetime(2020, 1, 1))]))
    assert requests_table.forget() == 1
    check(oracle.asked)
    assert any(sql.startswith("DELETE") for sql in oracle.asked)


def test_the_pages_and_the_generators_queries(oracle: Oracle) -> None:
    from transactions import outcome_table, payment_table
    from transactions.latest import Payments
    from transactions.models import Outcome, Transaction, User
    from transactions.verdicts import Verdicts

    Payments().new()
    Verdicts().look()
    assert not payment_table._committed(Transaction(pk=1, account_id=1, amount=1, ip_address="10.0.0.1"))
    assert not outcome_table._committed(Outcome(pk=1, transaction_id=1))
    list(User.objects.order_by("id").values_list("id", flat=True))
    check(oracle.asked)


def test_many_accounts_are_asked_for_in_lists_that_oracle_takes(oracle: Oracle) -> None:
    from ingestion.group import _known_accounts

    _known_accounts(set(range(1, 2_501)))
    (sql,) = oracle.asked
    lists = re.findall(r"IN \(([^()]*)\)", sql)
    assert len(lists) == 3 and max(one.count("%s") + one.count(":arg") for one in lists) == 1_000
