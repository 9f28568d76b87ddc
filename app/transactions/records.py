"""Records of a Kafka topic as plain values: JSON, or Avro with its schema in a Confluent registry."""

import base64
import datetime
import io
import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from functools import cache
from typing import Any

import fastavro
from fastavro.types import Schema

MAGIC = 0
HEADER = 5  # the magic byte and the schema's id in four bytes: Confluent's wire format
TIMEOUT_SECONDS = 5


class Reader:
    """Decodes records; each schema is fetched once."""

    def __init__(self, registry: Mapping[str, str]) -> None:
        self._registry = registry
        self._schema = cache(self._fetch)

    def read(self, value: bytes) -> Any:
        """The record, times as ISO 8601 text in both formats.

        Raises:
            ValueError: it is neither JSON nor Avro of a known schema.
            OSError: the registry does not answer.
        """
        if not value or value[0] != MAGIC:
            return json.loads(value)
        if len(value) < HEADER:
            raise ValueError("an Avro record without the id of its schema")
        schema = self._schema(int.from_bytes(value[1:HEADER], "big"))
        try:
            record: Any = fastavro.schemaless_reader(io.BytesIO(value[HEADER:]), schema, None)
        except (EOFError, IndexError) as error:
            raise ValueError("an Avro record that its schema does not fit") from error
        return {key: _plain(item) for key, item in record.items()} if isinstance(record, dict) else record

    def _fetch(self, number: int) -> Schema:
        url = self._registry["url"]
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise ValueError("an Avro record, but SCHEMA_REGISTRY_URL is not set")
        login = base64.b64encode(f"{self._registry['key']}:{self._registry['secret']}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{url.rstrip('/')}/schemas/ids/{number}", headers={"Authorization": f"Basic {login}"}
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return fastavro.parse_schema(json.loads(json.load(answer)["schema"]))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value
