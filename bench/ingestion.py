"""The API's throughput: PostgreSQL alone, the app's server as it is shipped, and the client's load."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psutil

from bench.common import figure, started
from components.contracts import SCHEMA
from local.apply.app_server import FOLDER, api_keys, database, seed
from local.apply.servers import ROOT
from local.apply.source_tables import make_source
from local.errors import RunError
from local.servers import loopback, shell
from local.servers.postgres import SOURCE_DATABASE, Postgres
from local.waiting import until

USERS = 5_000
SECONDS = 15
REFERENCE = 621
"""Payments a second that the app of the Terraform workshop reached."""
WAYS = (("singly", 1, 64), ("by 10", 10, 32), ("by 100", 100, 8))
"""Name, payments in a request, connections."""


def measure() -> None:
    key = secrets.token_urlsafe(32)
    with started("bench-ingestion", lambda children: (Postgres(children),)) as (postgres,):
        make_source(postgres)
        seed(postgres, ROOT, USERS)
        with _server(postgres, key) as (url, server):
            for name, batch, connections in WAYS:
                _load(url, key, batch, connections, 3)  # warm
                before = _processor_seconds(server)
                found = _load(url, key, batch, connections, SECONDS)
                each = 1000 * (_processor_seconds(server) - before) / found["payments"]
                text = (
                    f"{found['payments_per_second']:.0f} payments/s, p50 {found['p50_ms']} ms, p99 {found['p99_ms']} ms"
                )
                text += f", {each:.2f} ms of the server's processor each"
                figure(f"ingestion: {name} (reference: {REFERENCE}/s)", text)
        with postgres.connect(SOURCE_DATABASE) as connection:
            rows = connection.execute(f'SELECT count(*) FROM "{SCHEMA}"."USER_TRANSACTION"'.encode()).fetchone()
    figure("ingestion: rows in the database", str(rows and rows[0]))


@contextmanager
def _server(postgres: Postgres, key: str) -> Generator[tuple[str, psutil.Process]]:
    (port,) = loopback.free(1)
    variables = {**database(postgres), "SECRET_KEY": secrets.token_urlsafe(48), "API_KEYS": api_keys(key)}
    command = [sys.executable, str(FOLDER / "manage.py"), "serve", "--host", loopback.HOST, "--port", str(port)]
    command += ["--operations-port", "0"]
    process = subprocess.Popen(command, env=shell.environment(variables), stderr=subprocess.DEVNULL, cwd=ROOT)
    try:
        if not until(lambda: loopback.accepts(port), seconds=30, every=0.1):
            raise RunError(f"The app's server does not listen: {' '.join(command)}")
        yield loopback.url(port), psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _processor_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _load(url: str, key: str, batch: int, connections: int, seconds: float) -> dict[str, Any]:
    words = ["--rate", "0", "--seconds", str(seconds), "--batch", str(batch), "--connections", str(connections)]
    command = [sys.executable, "-m", "client", "load", *words, "--accounts", str(USERS)]
    variables = {"FRAUD_URL": url, "FRAUD_KEY": key}
    done = subprocess.run(
        command, env=shell.environment(variables), capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode != 0:
        raise RunError(f"The load was refused: {done.stderr.strip()} {done.stdout.strip()}"[:1000])
    return json.loads(done.stdout)
