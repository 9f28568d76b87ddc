"""Snowflake's twin: a DuckDB file in the run's folder."""

from __future__ import annotations

from typing import Any

from local.sinks.config import SinkConfig
from local.sinks.loop import Writer
from local.sinks.snowflake import keys
from local.sinks.twin import Stores, Twin


def _writer(config: SinkConfig) -> Writer:
    from local.sinks.snowflake.writer import DuckdbWriter

    return DuckdbWriter(config)


def _target(stores: Stores, name: str) -> dict[str, Any]:
    return {"path": str(stores.folder / f"{name}.duckdb")}


SNOWFLAKE = Twin(
    kind=keys.KIND, connector_class="SnowflakeSink", settings=keys.settings, writer=_writer, target=_target
)
