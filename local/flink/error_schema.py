"""The schema of Flink's dead-letter topic, with the columns that the service gives it."""

from __future__ import annotations

from typing import Any


def _optional(name: str, kind: Any) -> dict[str, Any]:
    return {"name": name, "type": ["null", kind], "default": None}


_TIME = {"type": "long", "logicalType": "timestamp-millis"}
_RECORD = {
    "type": "record",
    "name": "source_record",
    "fields": [
        _optional("topic", "string"),
        _optional("partition", "int"),
        _optional("offset", "long"),
        _optional("timestamp", _TIME),
        _optional("timestamp_type", "string"),
        _optional("headers", {"type": "map", "values": ["null", "bytes"]}),
        _optional("key", "bytes"),
        _optional("value", "bytes"),
    ],
}
ERROR_LOG = {
    "type": "record",
    "name": "error_log_value",
    "namespace": "fraud",
    "fields": [
        {"name": "error_timestamp", "type": _TIME},
        {"name": "error_code", "type": "int"},
        {"name": "error_reason", "type": "string"},
        {"name": "error_message", "type": "string"},
        {"name": "error_details", "type": {"type": "map", "values": ["null", "string"]}},
        _optional("processor", "string"),
        _optional("statement_name", "string"),
        _optional("affected_type", "string"),
        _optional("affected_catalog", "string"),
        _optional("affected_database", "string"),
        _optional("affected_name", "string"),
        _optional("source_record", _RECORD),
    ],
}
