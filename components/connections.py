"""Where a connector finds its database: what the component that makes the database gives to the one that streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

ORACLE_PORT = 1521
REDSHIFT_PORT = 5439


@dataclass(frozen=True, kw_only=True)
class OracleConnection:
    """How Confluent Cloud reaches the database. `ready` must exist before a connector connects, here and below."""

    host: pulumi.Input[str]
    port: int = ORACLE_PORT
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class RedshiftConnection:
    """`host` without the port, which is REDSHIFT_PORT."""

    host: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    database: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class OpenSearchConnection:
    """`url` begins with https:// and has no path."""

    url: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class SnowflakeConnection:
    """`private_key` is the body of a PKCS#8 key alone, on one line."""

    url: pulumi.Input[str]
    user: pulumi.Input[str]
    private_key: pulumi.Input[str]
    database: pulumi.Input[str]
    schema: pulumi.Input[str]
    role: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()
