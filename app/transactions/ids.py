"""Ids of payments, taken from the database before the payments are written.

A payment whose id is known beforehand can be looked up by it when the answer of a commit was lost, and written again
under the same id when it is not there: no clock decides, and no two replicas or threads are ever given the same id.
"""

from collections.abc import Callable
from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from transactions.models import Transaction

TABLE = Transaction._meta.db_table


def take(count: int) -> list[int]:
    """`count` ids that nobody else is given, rising.

    Raises ImproperlyConfigured for a database whose ids come from no sequence, or that has no way written here.
    """
    if connection.vendor not in _WAYS:
        raise ImproperlyConfigured(f"Ids cannot be taken from {connection.vendor}; known: {', '.join(sorted(_WAYS))}.")
    return sorted(_WAYS[connection.vendor](count))


def _postgresql(count: int) -> list[int]:
    return _select(f"SELECT nextval('{_sequence()}') FROM generate_series(1, %s)", count)  # noqa: S608


def _oracle(count: int) -> list[int]:
    return _select(f"SELECT {_sequence()}.NEXTVAL FROM DUAL CONNECT BY LEVEL <= %s", count)  # noqa: S608


def _sqlite(count: int) -> list[int]:
    """SQLite keeps the last id of a table in a table of its own; an update of that locks the file."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, TABLE])
        if not cursor.rowcount:  # no row was ever inserted
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [TABLE, count])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [TABLE])
        ((last,),) = cursor.fetchall()
    return list(range(last - count + 1, last + 1))


_WAYS: dict[str, Callable[[int], list[int]]] = {"postgresql": _postgresql, "oracle": _oracle, "sqlite": _sqlite}


@cache
def _sequence() -> str:
    """The quoted name of the sequence behind the identity column, which the database chose."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_sequences(cursor, TABLE)
    if not found:
        raise ImproperlyConfigured(f"{TABLE} has no identity column: make the table by the contract's DDL.")
    return connection.ops.quote_name(found[0]["name"])


def _select(sql: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [count])
        return [int(row[0]) for row in cursor.fetchall()]
