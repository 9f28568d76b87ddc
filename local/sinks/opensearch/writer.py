"""Writes documents by id to OpenSearch, so a repeated write after a crash changes nothing."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import OpenSearchException, RequestError

from components.contracts import OUTPUTS
from components.contracts.search import mapping
from components.contracts.types import Json
from local.sinks.config import SinkConfig
from local.sinks.loop import Offsets, StoreError
from local.sinks.records import Row

GONE = 404
BUSY = (429, 502, 503)
NO_INDEX = "index_not_found_exception"
# Errors of the index, not of the document, and their fix.
CLOSED = {
    "cluster_block_exception": "the index is read-only: free disk space if the disk is full, then run "
    'PUT {index}/_settings {{"index.blocks.read_only_allow_delete": null, "index.blocks.write": null, '
    '"index.blocks.read_only": null}}',
    "index_closed_exception": "run POST {index}/_open",
    "security_exception": "give the sink's user the right to write to {index}",
}


class OpenSearchWriter:
    """An index for each topic, with the contract's mapping. INSERT: an id for each record; UPSERT: the record's key."""

    bounds_text = False

    def __init__(self, config: SinkConfig) -> None:
        self._tables = {table.topic: table for table in OUTPUTS}
        self._topics = {topic.topic: topic for topic in config.topics}
        self._client = OpenSearch(config.target["url"], timeout=30, max_retries=0)

    def open(self) -> Offsets:
        with _refusals():
            for name in self._topics:
                self._make_index(name)
        return {}  # the consumer group keeps the offsets

    def rows(self) -> dict[str, int]:
        with _refusals():
            return {name: self._client.count(index=topic.target)["count"] for name, topic in self._topics.items()}

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        lines = [line for row in rows for line in self._action(row)]
        if not lines:
            return []
        with _refusals():
            answer = self._client.bulk(body="\n".join(lines) + "\n")
            return self._refused(rows, answer) if answer["errors"] else []

    def close(self) -> None:
        self._client.close()

    def _make_index(self, topic: str) -> None:
        index = self._topics[topic].target
        if not self._client.indices.exists(index=index):
            self._client.indices.create(index=index, body={"mappings": mapping(self._tables[topic])})

    def _action(self, row: Row) -> list[str]:
        topic = self._topics[row.topic]
        by_key = topic.method == "UPSERT"
        name = "+".join(map(str, row.key)) if by_key else f"{row.topic}+{row.partition}+{row.offset}"
        place = {"_index": topic.target, "_id": name}
        if row.values is None:
            return [json.dumps({"delete": place})]
        document = json.dumps(_document(row), default=_plain)
        if by_key:
            return [json.dumps({"update": place}), f'{{"doc":{document},"doc_as_upsert":true}}']
        return [json.dumps({"index": place}), document]

    def _refused(self, rows: list[Row], answer: dict[str, Any]) -> list[tuple[Row, str]]:
        """The rows that OpenSearch refuses for good. Raises StoreError when the fault is the index's, not a row's."""
        refused = list[tuple[Row, str]]()
        for row, item in zip(rows, answer["items"], strict=True):
            result = next(iter(item.values()))
            if "error" not in result:
                continue
            index, kind, reason = self._topics[row.topic].target, *_reason(result["error"])
            if kind == NO_INDEX:
                self._make_index(row.topic)
                raise StoreError(
                    f"index {index} was deleted; the sink has recreated it", "its older documents are gone"
                )
            if kind in CLOSED:
                raise StoreError(f"index {index}: {reason}", CLOSED[kind].format(index=index))
            if result["status"] in BUSY:
                raise StoreError(f"index {index}: {reason}")
            if row.values is not None or result["status"] != GONE:
                refused.append((row, reason))
        for topic in {row.topic for row, _ in refused}:
            self._compare_mapping(topic, next(reason for row, reason in refused if row.topic == topic))
        return refused

    def _compare_mapping(self, topic: str, reason: str) -> None:
        """Add missing fields to the index. Raises StoreError when the mapping differs from the contract's, or did."""
        index = self._topics[topic].target
        before = self._fields(index)
        try:
            self._client.indices.put_mapping(index=index, body=mapping(self._tables[topic]))
        except RequestError as error:
            raise StoreError(
                f"index {index} refuses documents ({reason}), its mapping is not the contract's: {error.info!s:.300}",
                f"delete the index, or reindex it into a new {index} with the mapping of `components.contracts.search`",
            ) from error
        if self._fields(index) != before:
            raise StoreError(f"index {index} lacked fields; the sink has added them")

    def _fields(self, index: str) -> Any:
        return next(iter(self._client.indices.get_mapping(index=index).values()))["mappings"].get("properties")


@contextmanager
def _refusals() -> Generator[None]:
    try:
        yield
    except OpenSearchException as error:
        raise StoreError(f"OpenSearch: {error}") from error


def _reason(error: Json) -> tuple[str, str]:
    """(type, reason) of an item's error; the reason includes the cause."""
    if not isinstance(error, dict):
        return "", str(error)
    caused_by: dict[str, Any] = error.get("caused_by") or {}
    cause = caused_by.get("reason")
    return str(error.get("type")), f"{error.get('reason')}{f' ({cause})' if cause else ''}"


def _document(row: Row) -> dict[str, Any]:
    assert row.values is not None
    return dict(zip((column.name for column in row.columns), row.values, strict=True))


def _plain(value: Any) -> Any:
    """Decimals as numbers, which a scaled_float keeps to the cent; times in UTC."""
    if isinstance(value, Decimal):
        return float(value)
    assert isinstance(value, datetime)
    return value.isoformat(timespec="milliseconds")
