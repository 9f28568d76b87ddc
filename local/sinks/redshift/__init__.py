"""Redshift's twin: a database of the run's PostgreSQL."""

from __future__ import annotations

from typing import Any

from local.servers.postgres import WAREHOUSE_DATABASE
from local.sinks.config import SinkConfig
from local.sinks.loop import Writer
from local.sinks.redshift import keys
from local.sinks.twin import Stores, Twin


def _writer(config: SinkConfig) -> Writer:
    from local.sinks.redshift.writer import PostgresWriter

    return PostgresWriter(config)


def _target(stores: Stores, _name: str) -> dict[str, Any]:
    return stores.postgres.login(WAREHOUSE_DATABASE)


REDSHIFT = Twin(
    kind=keys.KIND,
    connector_class="RedshiftSink",
    settings=keys.settings,
    writer=_writer,
    target=_target,
    server=lambda stores: stores.postgres,
)
