"""Watches the source: its connector, its replication slot, and the types of its published columns."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

import psycopg

from components.contracts import SCHEMA, SOURCES
from local.apply.servers import Servers
from local.errors import RunError
from local.servers.postgres import SOURCE_DATABASE
from local.source import SLOT
from local.waiting import Watch

PERIOD_SECONDS = 1.0
HUNG_SECONDS = 3.0
"""Connect's time to answer: a hung Connect must not delay the checks of the database."""
FIX = "see 'A source that failed' in docs/local.md"

COLUMNS = """
SELECT relname, attname, format_type(atttypid, atttypmod)
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
WHERE relnamespace = to_regnamespace(quote_ident(%s)) AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
"""
SLOT_STATE = "SELECT coalesce(wal_status, 'lost') FROM pg_replication_slots WHERE slot_name = %s"


class SourceWatch(Watch):
    """Says each trouble once, and when it is over; `troubles` are the present ones. It never ends a run.

    Start it when the source runs: it takes the column types of that moment as the right ones.
    """

    def __init__(self, servers: Servers, say: Callable[[str], None]) -> None:
        super().__init__(self._tell, every=PERIOD_SECONDS)
        self.troubles: tuple[str, ...] = ()
        self._servers = servers
        self._say = say
        self._types: dict[tuple[str, str], str] = {}
        self._found: dict[str, tuple[str, ...]] = {}

    def _tell(self) -> None:
        self._ask(self._connectors)
        self._ask(self._database)
        found = tuple(text for part in self._found.values() for text in part)
        for text in found:
            if text not in self.troubles:
                self._say(text)
        for text in self.troubles:
            if text not in found:
                self._say(f"over: {text.partition(':')[0]}")
        self.troubles = found

    def _ask(self, server: Callable[[], Iterable[str]]) -> None:
        """Note the troubles of one server. A server that is away keeps its last ones; the supervisor reports it."""
        with contextlib.suppress(RunError, OSError, psycopg.Error):
            self._found[server.__name__] = tuple(server())

    def _connectors(self) -> Iterator[str]:
        connect = self._servers.connect
        for name in connect.names(seconds=HUNG_SECONDS):
            status, trace = connect.status(name, seconds=HUNG_SECONDS)
            if status == "FAILED":
                yield f"source connector {name} FAILED: {trace}; {FIX}"

    def _database(self) -> Iterator[str]:
        with self._servers.postgres.connect(SOURCE_DATABASE) as connection:
            state = connection.execute(SLOT_STATE, [SLOT]).fetchone()
            now = {(table, column): kind for table, column, kind in connection.execute(COLUMNS, [SCHEMA])}
        self._types = self._types or now
        if not state or state[0] == "lost":
            yield f"replication slot {SLOT} of the source is gone: later changes are not captured; {FIX}"
        for table in SOURCES:
            for column in table.published:
                place = (table.name, column.name)
                yield from self._changed(".".join((SCHEMA, *place)), self._types.get(place), now.get(place))

    @staticmethod
    def _changed(name: str, right: str | None, now: str | None) -> Iterator[str]:
        if right and not now:
            yield (
                f"source column {name} is gone, but components/contracts/tables.py publishes it: statements and stores "
                f"get NULL. Restore it (ALTER TABLE … RENAME COLUMN, or ADD COLUMN as {right}), or change the contract"
            )
        elif right != now:
            yield (
                f"source column {name} has type {now}, but the contract says {right}: its records are refused. "
                f"Change it back (ALTER TABLE … ALTER COLUMN … TYPE {right}), or change the contract"
            )
