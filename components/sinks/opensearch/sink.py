"""The registry entry of the OpenSearch sink."""

from __future__ import annotations

from pulumi import ResourceOptions

from ..base import Sink, SinkTargetsArgs
from .connector import OpenSearchConnection, make_connector
from .settings import OpenSearchSettings
from .store import OpenSearchTarget, OpenSearchTargetArgs


def make_store(
    name: str, args: SinkTargetsArgs, settings: OpenSearchSettings, opts: ResourceOptions
) -> OpenSearchTarget:
    store = OpenSearchTargetArgs(
        context=args.context,
        confluent_prefixes=args.confluent_prefixes,
        operator_cidrs=args.operator_cidrs,
        nat_addresses=args.nat_addresses,
        settings=settings,
    )
    return OpenSearchTarget(name, store, opts)


OPENSEARCH = Sink(
    name="opensearch",
    settings=OpenSearchSettings,
    connection=OpenSearchConnection,
    connector=make_connector,
    store=make_store,
)
