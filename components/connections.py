"""Connections between components: to the database, for the source connector and the app, and to Kafka."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

ORACLE_PORT = 1521


class Connection:
    """Values that one component or stack passes to another. A deploy determines the fields without a default."""

    @classmethod
    def deployed(cls) -> list[str]:
        """The names of the fields without a default; the others have the same value on both sides."""
        fields = dataclasses.fields(cls)  # pyright: ignore[reportArgumentType] - each subclass is a dataclass
        return [field.name for field in fields if field.default is dataclasses.MISSING]


@dataclass(frozen=True, kw_only=True)
class OracleConnection(Connection):
    """Confluent Cloud's connection to the database. A connector may connect once the resources in `ready` exist."""

    host: pulumi.Input[str]
    port: int = ORACLE_PORT
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class AppDatabase(Connection):
    """The pods' connection to Oracle; `service` is a pluggable database, `user` owns the captured tables."""

    host: pulumi.Input[str]
    service: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    port: int = ORACLE_PORT


@dataclass(frozen=True, kw_only=True)
class AppKafka(Connection):
    """The cluster with the alerts, and the registry with their Avro schema; a `private` one answers only in the VPC."""

    bootstrap: pulumi.Input[str]
    key: pulumi.Input[str]
    secret: pulumi.Input[str]
    registry_url: pulumi.Input[str]
    registry_key: pulumi.Input[str]
    registry_secret: pulumi.Input[str]
    private: bool = False
