"""Records in Confluent's wire format: the number of a schema in the registry, then Avro.

Decoded here, as the client's AvroDeserializer decodes half as many records a second, does not say which schema a record
has, and asks the registry again for each record with an unknown one.
"""

from __future__ import annotations

import io
import json
import struct
import time
from collections.abc import Callable
from typing import Any, TypeVar

import fastavro
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

T = TypeVar("T")
HEADER = struct.Struct(">bI")
"""A zero byte, and the number of the schema."""
TIMEOUT_SECONDS = 5
ASK_AGAIN_SECONDS = 5.0
"""How long a number that the registry does not know is not asked for again."""
REFUSALS = (404, 409, 422)
"""What the registry answers when it does not know a schema, or does not take it."""


class UnreadableError(ValueError):
    """A record that no reader can make sense of; the message says why."""


class RegistryAwayError(Exception):
    """The registry does not answer at present; reading the record again later may succeed."""


class Schemas:
    """The registry's schemas by number, each fetched once; `url` is what clients take as `schema.registry.url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        # Retries are the callers', who have other things to do meanwhile.
        self.client = SchemaRegistryClient({"url": url, "timeout": TIMEOUT_SECONDS, "max.retries": 0})
        self._known: dict[int, Any] = {}
        self._unknown: dict[int, float] = {}

    def read(self, what: str, data: bytes | None) -> tuple[int, Any]:
        """Number of the schema and decoded record. Raises UnreadableError about `what`, and RegistryAwayError."""
        if not data:
            raise UnreadableError(f"the {what} is empty")
        if len(data) < HEADER.size or data[0]:
            raise UnreadableError(f"the {what} is not Avro with the number of its schema: {data[:20]!r}")
        _, number = HEADER.unpack_from(data)
        schema = self._known.get(number) or self._fetch(what, number)
        try:
            return number, fastavro.schemaless_reader(io.BytesIO(data[HEADER.size :]), schema, None)  # pyright: ignore[reportUnknownMemberType] - an untyped parameter
        except Exception as error:  # any byte may be wrong, and fastavro tells each in its own way
            text = str(error) or type(error).__name__
            raise UnreadableError(f"the {what} is not the Avro that its schema {number} says ({text:.200})") from error

    def schema(self, number: int) -> Any:
        """The parsed schema of a record that was read."""
        return self._known[number]

    def register(self, subject: str, text: str) -> int:
        """Number of the schema under this subject. Raises RegistryAwayError, and SchemaRegistryError when refused."""
        return self._ask(lambda: self.client.register_schema(subject, Schema(text, "AVRO")))

    def _fetch(self, what: str, number: int) -> Any:
        unknown = UnreadableError(f"the {what} has schema {number}, which the registry does not know")
        if time.monotonic() < self._unknown.get(number, 0):
            raise unknown
        try:
            text = self._ask(lambda: self.client.get_schema(number)).schema_str or ""
        except SchemaRegistryError as error:
            self._unknown[number] = time.monotonic() + ASK_AGAIN_SECONDS
            raise unknown from error
        try:
            self._known[number] = fastavro.parse_schema(json.loads(text))
        except Exception as error:  # JSON Schema or Protobuf, say
            raise UnreadableError(f"the {what} has schema {number}, which is not Avro ({error})") from error
        return self._known[number]

    def _ask(self, request: Callable[[], T]) -> T:
        try:
            return request()
        except Exception as error:  # beside its own, of httpx or httpx2: the client takes whichever is installed
            if isinstance(error, SchemaRegistryError) and error.http_status_code in REFUSALS:
                raise
            raise RegistryAwayError(f"the schema registry at {self._url} does not answer: {error}") from error


class Encoder:
    """Writes records of one schema, which has this number in the registry."""

    def __init__(self, number: int, text: str) -> None:
        self._schema = fastavro.parse_schema(json.loads(text))
        self._head = HEADER.pack(0, number)

    def encode(self, record: Any) -> bytes:
        """The record's bytes. Raises what fastavro raises when the record does not fit."""
        out = io.BytesIO()
        out.write(self._head)
        fastavro.schemaless_writer(out, self._schema, record)  # pyright: ignore[reportUnknownMemberType] - an untyped parameter
        return out.getvalue()
