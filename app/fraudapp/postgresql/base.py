"""PostgreSQL, with a limit on the client's side too: a frozen server does not keep its own."""

from collections.abc import Generator
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread never waits for an answer for good."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection: Any = super().get_new_connection(conn_params)  # typed as None
        connection.wait = _Patience(connection, settings.DATABASE_SECONDS)
        return connection


class _Patience:
    """Stands for a connection's `wait`, through which psycopg waits for everything."""

    def __init__(self, connection: psycopg.Connection[Any], seconds: float) -> None:
        self._connection = connection
        self._wait = connection.wait
        # The server's own limit, `statement_timeout`, should speak first: it says more, and keeps the connection.
        self._seconds = seconds + 1

    def __call__(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return self._wait(gen, *args, **({"timeout": self._seconds} | kwargs))
        except psycopg.OperationalError as error:
            if self._connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.ACTIVE:
                raise
            self._connection.close()  # the answer may still come, and would be taken for that to the next query
            raise psycopg.OperationalError(f"The database did not answer within {self._seconds:g} s.") from error
