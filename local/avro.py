"""Records in Confluent's wire format: a zero byte, the number of the schema in four bytes, then Avro."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import fastavro
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

MAGIC = 0
HEADER = 5
TIMEOUT_SECONDS = 5
ASK_AGAIN_SECONDS = 5.0
"""How long a number that the registry does not know is not asked for again."""
NOT_FOUND = 404
SERVER_ERROR = 500


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
        if data[0] != MAGIC or len(data) < HEADER:
            raise UnreadableError(f"the {what} is not Avro with the number of its schema: {data[:20]!r}")
        number = int.from_bytes(data[1:HEADER], "big")
        schema = self._known.get(number) or self._fetch(what, number)
        try:
            return number, fastavro.schemaless_reader(io.BytesIO(data[HEADER:]), schema, None)
        except Exception as error:  # any byte may be wrong, and fastavro tells each in its own way
            text = str(error) or type(error).__name__
            raise UnreadableError(f"the {what} is not the Avro that its schema {number} says ({text:.200})") from error

    def schema(self, number: int) -> Any:
        """The parsed schema of a record that was read."""
        return self._known[number]

    def register(self, subject: str, text: str) -> int:
        """Number of the schema under this subject. Raises RegistryAwayError, and SchemaRegistryError when refused."""
        try:
            return self.client.register_schema(subject, Schema(text, "AVRO"))
        except SchemaRegistryError as error:
            if error.http_status_code >= SERVER_ERROR:
                raise self._away(error) from error
            raise
        except Exception as error:  # of httpx or httpx2: the client takes whichever is installed
            raise self._away(error) from error

    def _fetch(self, what: str, number: int) -> Any:
        if time.monotonic() < self._unknown.get(number, 0):
            raise UnreadableError(f"the {what} has schema {number}, which the registry does not know")
        try:
            text = self.client.get_schema(number).schema_str or ""
        except SchemaRegistryError as error:
            if error.http_status_code != NOT_FOUND:
                raise self._away(error) from error
            self._unknown[number] = time.monotonic() + ASK_AGAIN_SECONDS
            raise UnreadableError(f"the {what} has schema {number}, which the registry does not know") from error
        except Exception as error:  # of httpx or httpx2: the client takes whichever is installed
            raise self._away(error) from error
        try:
            self._known[number] = fastavro.parse_schema(json.loads(text))
        except Exception as error:  # JSON Schema or Protobuf, say
            raise UnreadableError(f"the {what} has schema {number}, which is not Avro ({error})") from error
        return self._known[number]

    def _away(self, error: Exception) -> RegistryAwayError:
        return RegistryAwayError(f"the schema registry at {self._url} does not answer: {error}")


class Encoder:
    """Writes records of one schema, which has this number in the registry."""

    def __init__(self, number: int, text: str) -> None:
        self._schema = fastavro.parse_schema(json.loads(text))
        self._head = bytes([MAGIC]) + number.to_bytes(HEADER - 1, "big")

    def encode(self, record: Any) -> bytes:
        """The record's bytes. Raises what fastavro raises when the record does not fit."""
        out = io.BytesIO()
        out.write(self._head)
        fastavro.schemaless_writer(out, self._schema, record)
        return out.getvalue()
