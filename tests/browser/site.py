"""The app's own server on PostgreSQL, and what happens there."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from components.contracts import FRAUD_ALERT, SCHEMA, rules, schemas, score
from local.apply.app_server import FOLDER
from local.avro import Encoder
from local.servers import loopback
from local.servers.postgres import SOURCE_DATABASE, USER, Postgres

ALERT = Encoder(7, schemas.avro_value(FRAUD_ALERT))
TITLES = {rule.id: rule.title for rule in rules.read()} | {score.RULE_ID: score.TITLE}
WEIGHTS = {rule.id: rule.weight for rule in rules.read()}
START_SECONDS = 30.0


def environment(postgres: Postgres, registry: Mapping[str, str]) -> dict[str, str]:
    place = f"{USER}:{postgres.password}@{loopback.HOST}:{postgres.port}/{SOURCE_DATABASE}"
    options = f"-c%20search_path%3D%22{SCHEMA}%22%20-c%20timezone%3DUTC"
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{place}?options={options}",
        "SECRET_KEY": "k" * 50,
        "PLAIN_HTTP": "1",
        "DJANGO_SETTINGS_MODULE": "fraudapp.settings",
        "PYTHONPATH": f"{FOLDER}{os.pathsep}{FOLDER.parent}",
        "RULES": json.dumps(TITLES),
        "SCHEMA_REGISTRY_URL": registry["url"],
        "SCHEMA_REGISTRY_KEY": registry["key"],
        "SCHEMA_REGISTRY_SECRET": registry["secret"],
        "LOCAL_OPERATOR": "tester",
        "DATABASE_SECONDS": "3",
    }


class Site:
    """The app's process, which tests may kill and start again at the same port."""

    def __init__(self, postgres: Postgres, registry: Mapping[str, str], log: Path) -> None:
        self.postgres = postgres
        self._environment = environment(postgres, registry)
        self._log = log
        self._process: subprocess.Popen[str] | None = None
        self._alerts = itertools.count(1)
        (self.port,) = loopback.free(1)

    @property
    def url(self) -> str:
        return f"http://{loopback.HOST}:{self.port}/"

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.browser.serve", str(self.port)]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True
            )
        end = time.monotonic() + START_SECONDS
        while not loopback.accepts(self.port):
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"The app does not start:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As when a machine dies: no connection is closed in order."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(20)

    def pay(self, account: int, *amounts: str, **columns: object) -> list[int]:
        """Payments that another program writes to the database, now. Returns their ids."""
        row = {"ACCOUNT_ID": account, "IP_ADDRESS": "10.1.2.3", "RECEIVED_AT": now(), **columns}
        names = sql.SQL(", ").join(map(sql.Identifier, [*row, "AMOUNT"]))
        statement = sql.SQL('INSERT INTO {} ({}) VALUES ({}) RETURNING "ID"').format(
            sql.Identifier(SCHEMA, "USER_TRANSACTION"), names, sql.SQL(", ").join([sql.Placeholder()] * (len(row) + 1))
        )
        with self._connect() as connection:
            found = [connection.execute(statement, [*row.values(), Decimal(amount)]).fetchone() for amount in amounts]
        return [int(one[0]) for one in found if one]

    def alert(self, payment: int, account: int, rule: str = "large_amount", **columns: object) -> bytes:
        """What Flink would write; returns the record, to give again."""
        row: dict[str, Any] = {column.name: None for column in FRAUD_ALERT.published}
        row |= {"alert_id": f"{payment}-{rule}", "transaction_id": payment, "ACCOUNT_ID": account, "rule_id": rule}
        row |= {"reason": f"a reason of {rule}", "score": WEIGHTS.get(rule, 90), "event_time": now()}
        record = ALERT.encode(row | {"amount": Decimal("12.30"), "detected_at": now()} | columns)
        self.give(record)
        return record

    def give(self, record: bytes) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(record.hex() + "\n")
        self._process.stdin.flush()

    @contextlib.contextmanager
    def frozen_database(self) -> Iterator[None]:
        """PostgreSQL stands still, with all its sessions: nothing is refused, and nothing is answered."""
        server = psutil.Process(self.postgres.pid)
        server.suspend()
        stopped = [server, *server.children(recursive=True)]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                process.resume()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._connect() as connection:
            return connection.execute(query.encode(), values).fetchall()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = self.postgres.connect(SOURCE_DATABASE)
        connection.execute(f'SET search_path = "{SCHEMA}"'.encode())
        return connection


def now() -> datetime.datetime:
    found = datetime.datetime.now(datetime.UTC)
    return found.replace(microsecond=found.microsecond // 1000 * 1000)
