"""OpenSearchSink's twin: documents by id, so that writing again after a crash changes nothing."""

from __future__ import annotations

import json
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError, RequestError, TransportError

from contracts import OUTPUTS, Table
from contracts.search import mapping
from contracts.types import Decimal
from local.sinks.config import SinkConfig
from local.sinks.loop import Offsets, TargetAwayError
from local.sinks.records import Row

GONE = 404
BUSY = (429, 502, 503)


class OpenSearchWriter:
    """One index a topic, with the contract's mapping, by INSERT (an id per record) or UPSERT (by the record's key)."""

    def __init__(self, config: SinkConfig) -> None:
        self._tables = {table.topic: table for table in OUTPUTS}
        self._topics = {topic.topic: topic for topic in config.topics}
        self._client = OpenSearch(config.target["url"], timeout=30, max_retries=0)

    def open(self) -> Offsets:
        try:
            for name, topic in self._topics.items():
                if not self._client.indices.exists(index=topic.target):
                    self._client.indices.create(index=topic.target, body={"mappings": mapping(self._tables[name])})
        except (ConnectionError, TransportError) as error:
            if isinstance(error, RequestError):
                raise
            raise TargetAwayError(str(error)) from error
        return {}  # the consumer group's offsets serve

    def rows(self) -> dict[str, int]:
        try:
            return {name: self._client.count(index=topic.target)["count"] for name, topic in self._topics.items()}
        except (ConnectionError, TransportError) as error:
            raise TargetAwayError(str(error)) from error

    def write(self, rows: list[Row], offsets: Offsets) -> list[tuple[Row, str]]:
        lines: list[str] = []
        for row in rows:
            lines += self._action(row)
        if not lines:
            return []
        try:
            answer = self._client.bulk(body="\n".join(lines) + "\n")
        except (ConnectionError, TransportError) as error:
            raise TargetAwayError(str(error)) from error
        return _refused(rows, answer) if answer["errors"] else []

    def close(self) -> None:
        self._client.close()

    def _action(self, row: Row) -> list[str]:
        topic, table = self._topics[row.topic], self._tables[row.topic]
        by_key = topic.method == "UPSERT"
        name = "+".join(map(str, row.key)) if by_key else f"{row.topic}+{row.partition}+{row.offset}"
        place = {"_index": topic.target, "_id": name}
        if row.values is None:
            return [json.dumps({"delete": place})]
        document = _document(table, row.values)
        if by_key:
            return [json.dumps({"update": place}), json.dumps({"doc": document, "doc_as_upsert": True})]
        return [json.dumps({"index": place}), json.dumps(document)]


def _document(table: Table, values: tuple[Any, ...]) -> dict[str, Any]:
    return {
        column.name: float(value) if isinstance(column.type, Decimal) and value is not None else value
        for column, value in zip(table.published, values, strict=True)
    }


def _refused(rows: list[Row], answer: dict[str, Any]) -> list[tuple[Row, str]]:
    refused = []
    for row, item in zip(rows, answer["items"], strict=True):
        result = next(iter(item.values()))
        if result["status"] in BUSY:
            raise TargetAwayError(str(result["error"]))
        if "error" in result and not (row.values is None and result["status"] == GONE):
            refused.append((row, str(result["error"].get("reason"))))
    return refused
