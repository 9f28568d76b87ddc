"""The source connector, which reads changes of the captured tables through Oracle's XStream."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from ..confluent import access
from ..confluent.access import Grant
from ..confluent.connector import FORMATS, Connector, option
from ..connections import ORACLE_PORT, OracleConnection
from ..contracts import SCHEMA, SOURCES, TOPIC_PREFIX
from . import names
from .settings import SourceSettings

RAW_TOPICS = tuple(table.topic for table in SOURCES)


def _tables() -> str:
    """An anchored expression, e.g. `SAMPLE[.](AUTH_USER|USER_TRANSACTION)`."""
    return f"{SCHEMA}[.]({'|'.join(re.escape(table.name) for table in SOURCES)})"


def _columns() -> str:
    """The published columns of each table, so that new and renamed columns stay in the database."""
    return ",".join(
        f"{SCHEMA}[.]{table.name}[.]({'|'.join(re.escape(column.name) for column in table.published)})"
        for table in SOURCES
    )


@dataclass(frozen=True, kw_only=True)
class OracleXStreamSource(Connector):
    """The Oracle XStream CDC source connector. Never change `topic_prefix`: topics and schema history contain it."""

    connector_class: ClassVar[str] = "OracleXStreamSource"
    purpose: str = "oracle-xstream"
    hostname: pulumi.Input[str] = option("database.hostname")
    port: int = option("database.port", default=ORACLE_PORT)
    user: pulumi.Input[str] = option("database.user")
    password: pulumi.Input[str] = option("database.password", secret=True)
    dbname: str = option("database.dbname", default=names.CDB)
    service_name: str = option("database.service.name", default=names.CDB)
    pdb_name: str = option("database.pdb.name", default=names.PDB)
    out_server_name: str = option("database.out.server.name", default=names.OUTBOUND_SERVER)
    processor_licenses: int = option("database.processor.licenses")
    tls_mode: str = option("database.tls.mode", allowed=("disable", "one-way"), default="disable")
    output_data_format: str = option("output.data.format", allowed=FORMATS, default="AVRO")
    output_key_format: str = option("output.key.format", allowed=FORMATS, default="AVRO")
    topic_prefix: str = option("topic.prefix", default=TOPIC_PREFIX)
    table_include_list: str = option("table.include.list", default=_tables())
    column_include_list: str = option("column.include.list", default=_columns())
    snapshot_mode: str = option("snapshot.mode", allowed=("initial", "no_data", "recovery"), default="initial")
    decimal_handling_mode: str = option(
        "decimal.handling.mode", allowed=("precise", "string", "double"), default="precise"
    )
    time_precision_mode: str = option("time.precision.mode", allowed=("adaptive", "connect"), default="connect")
    tombstones_on_delete: bool = option("tombstones.on.delete", default=True)
    # With the vendor's default of zero, archive logs pile up while there are no payments.
    heartbeat_interval_ms: int = option("heartbeat.interval.ms", default=10_000)

    def topics_used(self) -> tuple[str, ...]:
        return RAW_TOPICS

    def grants(self) -> tuple[Grant, ...]:
        return access.source_grants(RAW_TOPICS, self.topic_prefix)

    def extra_problems(self) -> list[str]:
        return [] if self.tasks_max == 1 else ["tasks_max must be 1: the connector reads one outbound server"]


def make_source(oracle: OracleConnection, settings: SourceSettings) -> OracleXStreamSource:
    return OracleXStreamSource(
        ready=oracle.ready,
        hostname=oracle.host,
        port=oracle.port,
        user=oracle.user,
        password=oracle.password,
        processor_licenses=settings.processor_licenses,
    )
