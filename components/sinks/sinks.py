"""The sinks: one entry each, which stacks, settings and outputs loop over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..confluent.connector import SinkConnector
from .opensearch import connector as opensearch
from .redshift import connector as redshift
from .snowflake import connector as snowflake


@dataclass(frozen=True, kw_only=True)
class Sink:
    """`connection` is what the connector needs to know of the store; `connector` follows from it."""

    name: str
    connection: type
    connector: Callable[[Any], SinkConnector]


SINKS = {
    sink.name: sink
    for sink in (
        Sink(name="redshift", connection=redshift.RedshiftConnection, connector=redshift.make_connector),
        Sink(name="opensearch", connection=opensearch.OpenSearchConnection, connector=opensearch.make_connector),
        Sink(name="snowflake", connection=snowflake.SnowflakeConnection, connector=snowflake.make_connector),
    )
}
