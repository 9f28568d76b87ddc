"""Records for tests and benches: writes them as the source connector does, and decodes what statements wrote."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import Message

from components.contracts import OUTPUTS, SOURCES, Table, schemas
from components.contracts.oracle import raw_type
from components.contracts.types import (
    BigInt,
    Boolean,
    Decimal,
    Double,
    Integer,
    RawType,
    SmallInt,
    String,
    Timestamp,
    TinyInt,
)
from local.avro import Encoder, Schemas

_NOTHING: dict[type[RawType], Any] = {
    TinyInt: 0,
    SmallInt: 0,
    Integer: 0,
    BigInt: 0,
    Boolean: False,
    Double: 0.0,
    Decimal: decimal.Decimal(0),
    String: "",
    Timestamp: datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC),
}


def row(table: Table, **columns: Any) -> dict[str, Any]:
    """A row of the table's topic; missing columns are null, or the zero value of their type.

    Raises ValueError for an unknown column.
    """
    return _filled(_blank(table), columns)


def _blank(table: Table) -> dict[str, Any]:
    kinds = {c.name: raw_type(c.type) if table.captured else c.type for c in table.published}
    return {c.name: None if c.nullable else _NOTHING[type(kinds[c.name])] for c in table.published}


def _filled(blank: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := columns.keys() - blank.keys():
        raise ValueError(f"no column {', '.join(sorted(unknown))}; the columns are {', '.join(blank)}")
    return {**blank, **columns}


class RawRecords:
    """Keys and change events of the source tables, in the connector's Avro."""

    def __init__(self, registry: Schemas) -> None:
        self._blanks = {table.topic: _blank(table) for table in SOURCES}
        self._keys = {t.topic: _encoder(registry, f"{t.topic}-key", schemas.raw_key(t)) for t in SOURCES}
        self._values = {t.topic: _encoder(registry, f"{t.topic}-value", schemas.raw_value(t)) for t in SOURCES}

    def key(self, table: Table, number: int) -> bytes:
        return self._keys[table.topic].encode({"ID": number})

    def change(self, table: Table, after: Mapping[str, Any] | None, *, operation: str = "c") -> bytes:
        """One event; `after` has some of the row's columns, a flag as 0 or 1."""
        whole = None if after is None else _filled(self._blanks[table.topic], after)
        return self._values[table.topic].encode({"before": None, "after": whole, "op": operation})


def register_outputs(registry: Schemas) -> dict[str, int]:
    """Register the program's schemas of the output topics; return their ids by subject."""
    texts = {f"{table.topic}-value": schemas.avro_value(table) for table in OUTPUTS}
    texts |= {f"{table.topic}-key": schemas.avro_key(table) for table in OUTPUTS if table.key}
    return {subject: registry.register(subject, text) for subject, text in texts.items()}


def decoded(registry: Schemas, message: Message) -> tuple[Any, Any]:
    """(key, value) of a record, decoded; None for a missing one."""
    parts: Iterable[Any] = (message.key(), message.value())
    key, value = (None if part is None else registry.read("record", part)[1] for part in parts)
    return key, value


def _encoder(registry: Schemas, subject: str, text: str) -> Encoder:
    return Encoder(registry.register(subject, text), text)
