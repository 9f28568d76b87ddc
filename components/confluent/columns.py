"""The contracts' columns, as the templates of the statements write them."""

from __future__ import annotations

from typing import Any

import jinja2

from ..contracts import OUTPUTS, Table, flink

TABLES = {table.topic: table for table in OUTPUTS}


def columns(topic: str) -> str:
    """The names of an output topic's columns, for its INSERT."""
    return ", ".join(f"`{column.name}`" for column in _table(topic).published)


def cleaned(topic: str) -> str:
    """What a cleaned topic's INSERT selects from the raw topic of its source."""
    return ", ".join(flink.cleaned(_table(topic)))


FUNCTIONS: dict[str, Any] = {"columns": columns, "cleaned": cleaned}
"""What templates can call."""


def _table(topic: str) -> Table:
    if topic not in TABLES:
        raise jinja2.TemplateRuntimeError(f"no output topic {topic}; known: {', '.join(sorted(TABLES))}")
    return TABLES[topic]
