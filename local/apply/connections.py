"""The addresses and passwords of a running pipeline: a file for the run's owner, and the command that prints it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from local.apply.accounts import GUEST
from local.apply.app_server import App
from local.apply.servers import ROOT, Servers
from local.errors import RunError
from local.servers import loopback
from local.servers.folder import RunFolder
from local.servers.postgres import SOURCE_DATABASE, USER, WAREHOUSE_DATABASE, Postgres

FILE = "connections.json"
RESTARTING = "restarting"
"""Replaces the process id of a server that died and is being restarted."""
Connections = dict[str, Any]


def connections_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print how to reach the running pipeline, as one JSON object: page, api, operations, source, warehouse, kafka, "
        "registry, source_connector, opensearch, duckdb, logs, processes. It holds passwords, so only the owner of the "
        "run can read it. Exit code 1 when nothing runs."
    )
    parser.add_argument("--stack", default="dev", help="the stack that runs (default: dev)")


def connections(args: argparse.Namespace) -> int:
    try:
        print(json.dumps(read(args.stack), indent=2, ensure_ascii=False))
    except RunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def describe(servers: Servers, app: App) -> Connections:
    """What `make connections` prints."""
    client = servers.kafka.client(GUEST)
    files = [sink.config.target["path"] for sink in servers.sinks.values() if "path" in sink.config.target]
    return {
        "page": f"{app.url}/",
        "api": {"payments": f"{app.url}/api/v1/payments", "documents": f"{app.url}/api/v1/docs", "key": app.api_key},
        "operations": app.operations_url,
        "source": _url(servers.postgres, SOURCE_DATABASE),
        "warehouse": _url(servers.postgres, WAREHOUSE_DATABASE),
        "kafka": {
            "bootstrap": client["bootstrap.servers"],
            "security_protocol": client["security.protocol"],
            "sasl_mechanism": client["sasl.mechanism"],
            "username": client["sasl.username"],
            "password": client["sasl.password"],
        },
        "registry": servers.registry.url,
        "source_connector": servers.connect.place,
        "opensearch": servers.opensearch.url,
        "duckdb": files[0] if files else None,
        "logs": str(servers.folder / "logs"),
        "processes": {server.name: server.process.pid for server in servers.all if server.process},
    }


def write(folder: Path, found: Connections) -> None:
    """Write the file in one step, readable by its owner alone. It is valid while this process lives."""
    runner = psutil.Process()
    text = json.dumps({"runner": [runner.pid, runner.create_time()], "connections": found})
    draft = folder / f"{FILE}.new"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(folder / FILE)


def forget(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)


def read(stack: str) -> Connections:
    """Raises RunError when no pipeline of `stack` is up, or when it belongs to another user."""
    folder = RunFolder(ROOT, stack).path
    nothing = f"No pipeline of stack {stack} is up for this user and TMPDIR"
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f'{nothing}: start one with `make run STACK={stack}`, and wait until it says "The page is at".'
        ) from None
    except OSError as error:
        raise RunError(f"{folder / FILE} cannot be read ({error.strerror}): run this as its owner.") from None
    pid, created = found["runner"]
    if not _lives(pid, created):
        raise RunError(f"{nothing}: process {pid}, which left {folder}, has ended. Start one with `make run`.")
    processes = found["connections"]["processes"]
    processes |= {name: RESTARTING for name, pid in processes.items() if not _lives(pid)}
    return found["connections"]


def _lives(pid: int, created: float | None = None) -> bool:
    """Process ids are reused; with the start time they are unique."""
    try:
        process = psutil.Process(pid)
        reused = created is not None and abs(process.create_time() - created) > 1
        return not reused and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _url(postgres: Postgres, database: str) -> str:
    return f"postgresql://{USER}:{quote(postgres.password)}@{loopback.HOST}:{postgres.port}/{database}"
