"""Decodes Avro records whose schemas are in a Confluent registry."""

import datetime
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError

MAGIC = 0
HEADER = 5  # Confluent's wire format: the magic byte and four bytes of the schema's id
TIMEOUT_SECONDS = 5
NOT_FOUND = 404


class RegistryAwayError(Exception):
    """The registry does not answer or refuses the login; a retry may succeed."""


class Decoder:
    """Decodes records and fetches each schema once."""

    def __init__(self, registry: Mapping[str, str]) -> None:
        """`registry` has `url`, `key` and `secret`; an empty key means no login."""
        self._settings: dict[str, Any] = {"url": registry["url"], "timeout": TIMEOUT_SECONDS}
        self._settings["max.retries"] = 0  # the caller retries
        if registry["key"]:
            self._settings["basic.auth.user.info"] = f"{registry['key']}:{registry['secret']}"

    @cached_property
    def _registry(self) -> SchemaRegistryClient:
        """Created on first use: without Kafka there may be no registry."""
        return SchemaRegistryClient(self._settings)

    @cached_property
    def _decode(self) -> Callable[[bytes], Any]:
        return AvroDeserializer(self._registry)  # pyright: ignore[reportCallIssue] - its signature is that of a wrapper

    def read(self, value: bytes | None) -> dict[str, Any]:
        """The record, with times as ISO 8601 text. Raises RegistryAwayError, or ValueError for a malformed record."""
        if not value or len(value) < HEADER or value[0] != MAGIC:
            raise ValueError("the record is not Avro with a schema id")
        self._fetch(int.from_bytes(value[1:HEADER], "big"))
        try:
            record: dict[str, Any] | str | None = self._decode(value)
        except Exception as error:  # the decoder raises many kinds of errors on bad bytes
            raise ValueError(f"the record does not match its schema: {error}") from error
        if not isinstance(record, dict):
            raise ValueError("the Avro value is not a record")
        return {key: _plain(item) for key, item in record.items()}

    def _fetch(self, number: int) -> None:
        try:
            self._registry.get_schema(number)
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                raise ValueError(f"the registry does not know the record's schema {number}") from error
            raise RegistryAwayError(f"schema {number}: {error}") from error
        except Exception as error:  # errors of the HTTP library that the client found installed
            raise RegistryAwayError(f"schema {number}: {error}") from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value
