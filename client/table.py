"""Reads a CSV file in batches that are always the same, so that sending it again writes nothing twice."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.connection import SendError

BATCH = 500
"""Fixed: with another one, the same rows would get other keys and be written again."""
FIELDS = {
    "payments": (
        "account_id",
        "amount",
        "ip_address",
        "received_at",
        "terminal_id",
        "device_id",
        "latitude",
        "longitude",
        "payee_account_id",
    ),
    "outcomes": ("transaction_id", "is_fraud", "known_at"),
}
WHOLE = ("account_id", "payee_account_id", "transaction_id")
FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Batch:
    """`lines` are those of the rows in the file; `key` is the Idempotency-Key."""

    key: str
    lines: list[int]
    body: bytes


def batches(file: Path, what: str) -> Iterator[Batch]:
    """Raises SendError for a file that cannot be sent, and names its line."""
    try:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        with file.open(encoding="utf-8-sig", newline="") as text:
            yield from _batches(file, csv.DictReader(text, strict=True), what, digest)
    except OSError as error:
        raise SendError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SendError(f"{file} is not UTF-8; save it as UTF-8") from None


def _batches(file: Path, reader: csv.DictReader[str], what: str, digest: str) -> Iterator[Batch]:
    _check_header(file, reader, what)
    rows = _rows(file, reader)
    for number in itertools.count():
        some = list(itertools.islice(rows, BATCH))
        if not some:
            return
        key = hashlib.sha256(f"{digest} {what} {number}".encode()).hexdigest()
        body = json.dumps({what: [row for _, row in some]}).encode()
        yield Batch(key, [line for line, _ in some], body)


def _check_header(file: Path, reader: csv.DictReader[str], what: str) -> None:
    found = list(reader.fieldnames or [])
    if unknown := sorted(set(found) - set(FIELDS[what])):
        raise SendError(f"{file}: unknown column {', '.join(unknown)}; choose from {', '.join(FIELDS[what])}")
    if len(set(found)) < len(found):
        raise SendError(f"{file}: a column is there twice")
    if not found:
        raise SendError(f"{file}: the first line must name the columns: {','.join(FIELDS[what])}")


def _rows(file: Path, reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        for row in reader:
            if None in row or None in row.values():
                raise SendError(f"{file}, line {reader.line_num}: it has another number of cells than the first line")
            yield reader.line_num, {name: _value(name, text) for name, text in row.items() if text != ""}
    except csv.Error as error:
        raise SendError(f"{file}, line {reader.line_num}: {error}") from None


def _value(name: str, text: str) -> Any:
    """What is no number or flag goes to the server as it is, which says what is wrong."""
    if name in WHOLE and text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    return FLAGS.get(text.lower(), text) if name == "is_fraud" else text
