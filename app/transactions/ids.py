"""Takes ids for payments and outcomes from the database before they are written.

When the answer to a commit is lost, the app looks for the first id: if it is missing, the app writes the payments again
under the same ids. No clock decides, and no two replicas or threads get the same id.
"""

from collections.abc import Callable
from functools import cache

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from transactions.models import Outcome, Transaction


def take(count: int, model: type[Transaction | Outcome] = Transaction) -> list[int]:
    """`count` ids in ascending order that nobody else gets.

    Raises ImproperlyConfigured for an unknown kind of database, or a table without a sequence.
    """
    if connection.vendor not in _WAYS:
        raise ImproperlyConfigured(f"Cannot take ids from {connection.vendor}; use one of {', '.join(sorted(_WAYS))}.")
    return sorted(_WAYS[connection.vendor](count, model._meta.db_table))


def _postgresql(count: int, table: str) -> list[int]:
    return _select(f"SELECT nextval('{_sequence(table)}') FROM generate_series(1, %s)", count)  # noqa: S608


def _oracle(count: int, table: str) -> list[int]:
    return _select(f"SELECT {_sequence(table)}.NEXTVAL FROM DUAL CONNECT BY LEVEL <= %s", count)  # noqa: S608


def _sqlite(count: int, table: str) -> list[int]:
    """SQLite keeps the last id of each table in sqlite_sequence; the UPDATE locks the file."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
        if not cursor.rowcount:  # no row was ever inserted
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, count])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        ((last,),) = cursor.fetchall()
    return list(range(last - count + 1, last + 1))


_WAYS: dict[str, Callable[[int, str], list[int]]] = {"postgresql": _postgresql, "oracle": _oracle, "sqlite": _sqlite}


@cache
def _sequence(table: str) -> str:
    """The quoted name of the identity column's sequence, which the database chose."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_sequences(cursor, table)
    if not found:
        raise ImproperlyConfigured(f"{table} has no identity column: create the table with the contract's DDL.")
    return connection.ops.quote_name(found[0]["name"])


def _select(sql: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [count])
        return [int(row[0]) for row in cursor.fetchall()]
