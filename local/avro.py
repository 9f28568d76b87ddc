"""Records in Confluent's wire format: the id of a schema in the registry, then Avro.

Why not confluent-kafka's AvroDeserializer: it is half as fast, hides the schema of a record, and asks the registry
again for every record with an unknown schema.
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
"""A zero byte and the schema's id."""
TIMEOUT_SECONDS = 5
ASK_AGAIN_SECONDS = 5.0
"""How long an id that the registry does not know is remembered as unknown."""
REFUSALS = (404, 409, 422)
"""The registry's answers to an unknown or unacceptable schema."""


class UnreadableError(ValueError):
    """No reader can decode the record; the message says why."""


class RegistryAwayError(Exception):
    """The registry does not answer now; a retry may succeed."""


class Schemas:
    """The registry's schemas by id, each fetched once; `url` is a client's `schema.registry.url`."""

    def __init__(self, url: str) -> None:
        self._url = url
        # The callers retry: they have other work to do meanwhile.
        self.client = SchemaRegistryClient({"url": url, "timeout": TIMEOUT_SECONDS, "max.retries": 0})
        self._known: dict[int, Any] = {}
        self._unknown: dict[int, float] = {}

    def read(self, what: str, data: bytes | None) -> tuple[int, Any]:
        """The schema's id and the decoded record. Raises UnreadableError, which names `what`, or RegistryAwayError."""
        if not data:
            raise UnreadableError(f"the {what} is empty")
        if len(data) < HEADER.size or data[0]:
            raise UnreadableError(f"the {what} is not Avro with a schema id: {data[:20]!r}")
        _, number = HEADER.unpack_from(data)
        schema = self._known.get(number) or self._fetch(what, number)
        try:
            return number, fastavro.schemaless_reader(io.BytesIO(data[HEADER.size :]), schema, None)  # pyright: ignore[reportUnknownMemberType] - an untyped parameter
        except Exception as error:  # fastavro raises many kinds of errors on bad bytes
            text = str(error) or type(error).__name__
            raise UnreadableError(f"the {what} does not match its schema {number} ({text:.200})") from error

    def schema(self, number: int) -> Any:
        """The parsed schema of a record that has been read."""
        return self._known[number]

    def register(self, subject: str, text: str) -> int:
        """The schema's id. Raises RegistryAwayError, or SchemaRegistryError when the registry refuses the schema."""
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
        except Exception as error:  # for example JSON Schema or Protobuf
            raise UnreadableError(f"the {what} has schema {number}, which is not Avro ({error})") from error
        return self._known[number]

    def _ask(self, request: Callable[[], T]) -> T:
        try:
            return request()
        except Exception as error:  # its own errors, or those of the HTTP library that the client found installed
            if isinstance(error, SchemaRegistryError) and error.http_status_code in REFUSALS:
                raise
            raise RegistryAwayError(f"the schema registry at {self._url} does not answer: {error}") from error


class Encoder:
    """Encodes records of the schema with this id."""

    def __init__(self, number: int, text: str) -> None:
        self._schema = fastavro.parse_schema(json.loads(text))
        self._head = HEADER.pack(0, number)

    def encode(self, record: Any) -> bytes:
        """Raises fastavro's error when the record does not fit the schema."""
        out = io.BytesIO()
        out.write(self._head)
        fastavro.schemaless_writer(out, self._schema, record)  # pyright: ignore[reportUnknownMemberType] - an untyped parameter
        return out.getvalue()
