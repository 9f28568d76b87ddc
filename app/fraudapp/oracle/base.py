"""Oracle, with a limit for each call."""

from typing import Any

from django.conf import settings
from django.db.backends.oracle import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A thread never waits for an answer for good."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection: Any = super().get_new_connection(conn_params)
        connection.call_timeout = round(settings.DATABASE_SECONDS * 1000)
        return connection
