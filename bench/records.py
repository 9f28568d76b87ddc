"""What the source connector would write into the raw topics, and what the statements wrote: for tests and benches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from confluent_kafka import Message

from components.contracts import OUTPUTS, SOURCES, Table, schemas
from local.avro import Encoder, Schemas


class RawRecords:
    """Keys and change events of the source tables, in Avro as the connector writes it."""

    def __init__(self, registry: Schemas) -> None:
        self._keys = {t.topic: _encoder(registry, f"{t.topic}-key", schemas.raw_key(t)) for t in SOURCES}
        self._values = {t.topic: _encoder(registry, f"{t.topic}-value", schemas.raw_value(t)) for t in SOURCES}

    def key(self, table: Table, number: int) -> bytes:
        return self._keys[table.topic].encode({"ID": number})

    def change(self, table: Table, after: Mapping[str, Any] | None, *, operation: str = "c") -> bytes:
        """One event; `after` has Decimal and datetime values, and 0 or 1 for a flag."""
        return self._values[table.topic].encode({"before": None, "after": after, "op": operation})


def register_outputs(registry: Schemas) -> dict[str, int]:
    """Register what the program registers for the output topics; the number of each subject's schema."""
    texts = {f"{table.topic}-value": schemas.avro_value(table) for table in OUTPUTS}
    texts |= {f"{table.topic}-key": schemas.avro_key(table) for table in OUTPUTS if table.key}
    return {subject: registry.register(subject, text) for subject, text in texts.items()}


def decoded(registry: Schemas, message: Message) -> tuple[Any, Any]:
    """(key, value) of a record; None for one that it does not have."""
    parts: Iterable[Any] = (message.key(), message.value())
    key, value = (None if part is None else registry.read("record", part)[1] for part in parts)
    return key, value


def _encoder(registry: Schemas, subject: str, text: str) -> Encoder:
    return Encoder(registry.register(subject, text), text)
