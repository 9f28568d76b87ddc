"""The Avro schema of Flink's dead-letter topic, as the service defines it."""

from __future__ import annotations

from typing import Any


def _record(name: str, required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    fields = [{"name": field, "type": kind} for field, kind in required.items()]
    fields += [{"name": field, "type": ["null", kind], "default": None} for field, kind in optional.items()]
    return {"type": "record", "name": name, "fields": fields}


_TIME = {"type": "long", "logicalType": "timestamp-millis"}
_SOURCE = {
    "topic": "string",
    "partition": "int",
    "offset": "long",
    "timestamp": _TIME,
    "timestamp_type": "string",
    "headers": {"type": "map", "values": ["null", "bytes"]},
    "key": "bytes",
    "value": "bytes",
}
_ERROR = {
    "error_timestamp": _TIME,
    "error_code": "int",
    "error_reason": "string",
    "error_message": "string",
    "error_details": {"type": "map", "values": ["null", "string"]},
}
_PLACE = ("processor", "statement_name", "affected_type", "affected_catalog", "affected_database", "affected_name")
ERROR_LOG = {"namespace": "fraud"} | _record(
    "error_log_value",
    _ERROR,
    dict.fromkeys(_PLACE, "string") | {"source_record": _record("source_record", {}, _SOURCE)},
)
