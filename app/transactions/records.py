"""Records of a Kafka topic as plain values: Avro, with its schema in a Confluent registry."""

import datetime
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.error import SchemaRegistryError

MAGIC = 0
HEADER = 5  # the magic byte and the schema's id in four bytes: Confluent's wire format
TIMEOUT_SECONDS = 5
NOT_FOUND = 404


class RegistryAwayError(Exception):
    """The registry does not answer, or refuses the login: the same record may be readable later."""


class Reader:
    """Decodes records; each schema is fetched once."""

    def __init__(self, registry: Mapping[str, str]) -> None:
        """`registry` has its `url`, and `key` and `secret` when it asks for a login."""
        self._settings: dict[str, Any] = {"url": registry["url"], "timeout": TIMEOUT_SECONDS}
        self._settings["max.retries"] = 0  # retries are the caller's
        if registry["key"]:
            self._settings["basic.auth.user.info"] = f"{registry['key']}:{registry['secret']}"

    @cached_property
    def _registry(self) -> SchemaRegistryClient:
        """Made when it is needed: without Kafka there may be none."""
        return SchemaRegistryClient(self._settings)

    @cached_property
    def _decode(self) -> Callable[[bytes], Any]:
        return AvroDeserializer(self._registry)  # pyright: ignore[reportCallIssue] - its signature is that of a wrapper

    def read(self, value: bytes | None) -> dict[str, Any]:
        """The record, times as ISO 8601 text.

        Raises:
            ValueError: it is not a record of Avro with a schema that the registry knows.
            RegistryAwayError: its schema could not be fetched.
        """
        if not value or len(value) < HEADER or value[0] != MAGIC:
            raise ValueError("a record that is not Avro with the id of its schema")
        self._fetch(int.from_bytes(value[1:HEADER], "big"))
        try:
            record: dict[str, Any] | str | None = self._decode(value)
        except Exception as error:  # any byte may be wrong, and the decoder tells each in its own way
            raise ValueError(f"an Avro record that its schema does not fit: {error}") from error
        if not isinstance(record, dict):
            raise ValueError("an Avro value that is not a record")
        return {key: _plain(item) for key, item in record.items()}

    def _fetch(self, number: int) -> None:
        try:
            self._registry.get_schema(number)
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                raise ValueError(f"an Avro record whose schema {number} the registry does not know") from error
            raise RegistryAwayError(f"schema {number}: {error}") from error
        except Exception as error:  # of httpx or httpx2: the client takes whichever is installed
            raise RegistryAwayError(f"schema {number}: {error}") from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value
