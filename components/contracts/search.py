"""The OpenSearch index mapping of a contract."""

from __future__ import annotations

from typing import Any

from .tables import Table
from .types import BigInt, Boolean, Column, ColumnType, Decimal, Double, Integer, String, Timestamp


def mapping(table: Table) -> dict[str, Any]:
    """The `mappings` object of the table's index, which refuses unknown fields."""
    properties = {column.name: _field(column) for column in table.published}
    return {"dynamic": "strict", "properties": properties}


def _field(column: Column) -> dict[str, Any]:
    match column.type:
        case Decimal(_, scale):
            # A scaled float is stored as a long, so sums of money stay exact to the cent.
            return {"type": "scaled_float", "scaling_factor": 10**scale}
        case String():
            return {"type": "text"} if column.prose else {"type": "keyword"}
        case Timestamp():
            return {"type": "date", "format": "strict_date_optional_time||epoch_millis"}
        case plain:
            return {"type": _PLAIN[type(plain)]}


_PLAIN: dict[type[ColumnType], str] = {BigInt: "long", Integer: "integer", Boolean: "boolean", Double: "double"}
