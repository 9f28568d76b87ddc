"""The connector that feeds Redshift, and its connection to the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from ...confluent.connector import SinkConnector, option
from ...confluent.pipeline import WAREHOUSE_TOPICS
from ...connections import Connection

REDSHIFT_PORT = 5439


@dataclass(frozen=True, kw_only=True)
class RedshiftConnection(Connection):
    """`host` without the port, which is REDSHIFT_PORT."""

    host: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    database: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class RedshiftSink(SinkConnector):
    """The Redshift sink connector. It only inserts, so its topics must be append topics."""

    connector_class: ClassVar[str] = "RedshiftSink"
    purpose: str = "redshift"
    domain: pulumi.Input[str] = option("aws.redshift.domain")
    port: int = option("aws.redshift.port", default=REDSHIFT_PORT)
    user: pulumi.Input[str] = option("aws.redshift.user")
    password: pulumi.Input[str] = option("aws.redshift.password", secret=True)
    database: pulumi.Input[str] = option("aws.redshift.database")
    db_timezone: str = option("db.timezone", default="UTC")
    auto_create: bool = option("auto.create", default=True)
    auto_evolve: bool = option("auto.evolve", default=True)
    batch_size: int = option("batch.size", default=3000)
    table_name_format: str = option("table.name.format", default="${topic}")


def make_connector(redshift: RedshiftConnection) -> RedshiftSink:
    """Workflow 1: the append topics."""
    return RedshiftSink(
        ready=redshift.ready,
        topics=WAREHOUSE_TOPICS,
        domain=redshift.host,
        user=redshift.user,
        password=redshift.password,
        database=redshift.database,
    )
