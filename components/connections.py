"""Where the source's connector finds its database, which the component that makes it tells the one that streams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

ORACLE_PORT = 1521


@dataclass(frozen=True, kw_only=True)
class OracleConnection:
    """How Confluent Cloud reaches the database. `ready` must exist before a connector connects, here and below."""

    host: pulumi.Input[str]
    port: int = ORACLE_PORT
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()
