"""How one component reaches what another made: the database, for the source's connector and for the app, and Kafka."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

ORACLE_PORT = 1521


class Connection:
    """What one component, or stack, tells another. A deploy makes the fields that have no default."""

    @classmethod
    def deployed(cls) -> list[str]:
        """The names of those fields; one with a default has the same value on both sides."""
        fields = dataclasses.fields(cls)  # pyright: ignore[reportArgumentType] - each subclass is a dataclass
        return [field.name for field in fields if field.default is dataclasses.MISSING]


@dataclass(frozen=True, kw_only=True)
class OracleConnection(Connection):
    """How Confluent Cloud reaches the database. `ready` must exist before a connector connects, here and below."""

    host: pulumi.Input[str]
    port: int = ORACLE_PORT
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class AppDatabase(Connection):
    """Oracle as the pods reach it; `service` is a pluggable database, `user` owns the two tables."""

    host: pulumi.Input[str]
    service: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    port: int = ORACLE_PORT


@dataclass(frozen=True, kw_only=True)
class AppKafka(Connection):
    """The cluster that the alerts are read from, and the registry that has their schema (they are Avro).

    A `private` one answers in the VPC alone, at endpoints with addresses of `vpc_cidr`.
    """

    bootstrap: pulumi.Input[str]
    key: pulumi.Input[str]
    secret: pulumi.Input[str]
    registry_url: pulumi.Input[str]
    registry_key: pulumi.Input[str]
    registry_secret: pulumi.Input[str]
    private: bool = False
