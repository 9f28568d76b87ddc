"""SinkTargets: the stores that the stack's sinks write to, each of them optional."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi import ResourceOptions

from .opensearch.connector import OpenSearchConnection
from .opensearch.store import OpenSearchTarget, OpenSearchTargetArgs
from .redshift.connector import RedshiftConnection
from .redshift.store import RedshiftTarget, RedshiftTargetArgs
from .sinks import SINKS
from .snowflake.connector import SnowflakeConnection

if TYPE_CHECKING:
    from .snowflake.store import SnowflakeTargetArgs


@dataclass(frozen=True, kw_only=True)
class SinkTargetsArgs:
    """A sink that is None is switched off."""

    redshift: RedshiftTargetArgs | None = None
    opensearch: OpenSearchTargetArgs | None = None
    snowflake: SnowflakeTargetArgs | None = None


class SinkTargets(pulumi.ComponentResource):
    """What the sink connectors need to know of each store; None for one that is switched off."""

    redshift: RedshiftConnection | None
    opensearch: OpenSearchConnection | None
    snowflake: SnowflakeConnection | None
    dashboards_url: pulumi.Output[str] | None

    def __init__(self, name: str, args: SinkTargetsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:sinks:SinkTargets", name, None, opts)
        child = ResourceOptions(parent=self)
        redshift = RedshiftTarget(f"{name}-redshift", args.redshift, child) if args.redshift else None
        opensearch = OpenSearchTarget(f"{name}-opensearch", args.opensearch, child) if args.opensearch else None
        self.redshift = redshift.connection if redshift else None
        self.opensearch = opensearch.connection if opensearch else None
        self.dashboards_url = opensearch.dashboards_url if opensearch else None
        self.snowflake = _snowflake(f"{name}-snowflake", args.snowflake, child) if args.snowflake else None
        self.register_outputs({"dashboardsUrl": self.dashboards_url})

    @property
    def connections(self) -> dict[str, Any]:
        """The connections of the stores that are switched on, by the sink's name."""
        return {name: connection for name in SINKS if (connection := getattr(self, name))}


def _snowflake(name: str, args: SnowflakeTargetArgs, opts: ResourceOptions) -> SnowflakeConnection:
    from .snowflake.store import SnowflakeTarget  # noqa: PLC0415 - its SDK takes a second to import

    return SnowflakeTarget(name, args, opts).connection
