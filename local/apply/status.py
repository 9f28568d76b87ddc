"""The command `status`: each process of the running pipeline, and the health of its parts as the app sees it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psutil
import requests

from local.apply.connections import RESTARTING, read
from local.errors import RunError
from plan.terminal import GREEN, RED, YELLOW, paint

PATIENCE_SECONDS = 5.0
COLOURS = {"ok": GREEN, "idle": GREEN, "late": YELLOW, "unknown": YELLOW, "down": RED}
WELL = ("ok", "idle")
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


@dataclass(frozen=True)
class Row:
    """`age` is in seconds: since the last event of a part, since the start of a process."""

    part: str
    status: str
    age: float | None
    words: str


def status_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print the processes of the running pipeline, and the health of each part as the app sees it: the age of its "
        "last event, and what waits. With --url, of a deployed app. Exit code 1 when something is late or down."
    )
    parser.add_argument("--stack", default="dev", help="the stack that runs here (default: dev)")
    parser.add_argument("--url", help="a deployed app's address: pulumi stack output appUrl")


def status(args: argparse.Namespace) -> int:
    try:
        rows = [] if args.url else _processes(read(args.stack)["processes"])
        rows += _parts(args.url or read(args.stack)["page"])
    except RunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(*table(rows), sep="\n")
    return 0 if all(row.status in WELL for row in rows) else 1


def table(rows: Iterable[Row]) -> list[str]:
    """One line a row, with a heading."""
    shown = [("part", "status", "age", "what")] + [(row.part, row.status, _age(row.age), row.words) for row in rows]
    part, state, age, _ = (max(map(len, column)) for column in zip(*shown, strict=True))
    return [f"{one[0]:<{part}}  {_painted(one[1], state)}  {one[2]:>{age}}  {one[3]}".rstrip() for one in shown]


def _painted(status: str, width: int) -> str:
    text = f"{status:<{width}}"
    return paint(text, COLOURS[status]) if status in COLOURS else text


def _processes(found: dict[str, Any]) -> list[Row]:
    return [_process(name, pid) for name, pid in found.items()]


def _process(name: str, pid: int | str) -> Row:
    if pid == RESTARTING:
        return Row(name, "down", None, "died, and is being started again")
    try:
        process = psutil.Process(int(pid))
        words = f"process {pid}, {process.memory_info().rss / 2**20:,.0f} MB"
        age = time.time() - process.create_time()
        if process.status() == psutil.STATUS_STOPPED:
            return Row(name, "down", age, f"{words}, stopped by a signal")
        return Row(name, "ok", age, words)
    except psutil.NoSuchProcess:
        return Row(name, "down", None, "died just now")


def _parts(url: str) -> list[Row]:
    """The health of each part. Raises RunError for an address that is none."""
    address = f"{url.rstrip('/')}/api/state"
    try:
        answer = requests.get(address, timeout=PATIENCE_SECONDS)
        answer.raise_for_status()
        health = answer.json()["health"]
    except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema):
        raise RunError(f"{url!r} is no address; give the app's, such as https://payments.example.com") from None
    except (requests.RequestException, KeyError, ValueError) as error:
        return [Row("app", "down", None, f"{address} does not tell its health: {error}")]
    return [Row(one["title"], one["status"], one["age_seconds"], one["words"]) for one in health]


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for size, unit in UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
