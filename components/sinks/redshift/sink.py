"""The registry entry of the Redshift sink."""

from __future__ import annotations

from pulumi import ResourceOptions

from ..base import Sink, SinkTargetsArgs
from .connector import RedshiftConnection, make_connector
from .settings import RedshiftSettings
from .store import RedshiftTarget, RedshiftTargetArgs


def make_store(name: str, args: SinkTargetsArgs, settings: RedshiftSettings, opts: ResourceOptions) -> RedshiftTarget:
    store = RedshiftTargetArgs(
        context=args.context,
        vpc_id=args.vpc_id,
        subnet_ids=args.subnet_ids,
        confluent_prefix_list_id=args.confluent_prefix_list_id,
        network_ready=args.network_ready,
        settings=settings,
    )
    return RedshiftTarget(name, store, opts)


REDSHIFT = Sink(
    name="redshift",
    settings=RedshiftSettings,
    connection=RedshiftConnection,
    connector=make_connector,
    store=make_store,
)
