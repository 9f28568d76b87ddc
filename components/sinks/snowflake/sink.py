"""The registry entry of the Snowflake sink. It imports the slow SDK only if a stack uses the sink."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi

from ..base import Sink, SinkTargetsArgs
from .connector import SnowflakeConnection, make_connector
from .settings import SnowflakeSettings

if TYPE_CHECKING:
    from .store import SnowflakeTarget


def make_store(
    name: str, args: SinkTargetsArgs, settings: SnowflakeSettings, opts: pulumi.ResourceOptions
) -> SnowflakeTarget:
    from .store import SnowflakeTarget, SnowflakeTargetArgs  # noqa: PLC0415

    store = SnowflakeTargetArgs(
        confluent_prefixes=args.confluent_prefixes, settings=settings, protect=args.context.protect
    )
    return SnowflakeTarget(name, store, opts)


def make_provider(deployment: str, settings: SnowflakeSettings) -> pulumi.ProviderResource:
    """Signs in with a key pair, because Snowflake accepts no password from a service."""
    import pulumi_snowflake  # noqa: PLC0415

    return pulumi_snowflake.Provider(
        f"{deployment}-snowflake",
        organization_name=settings.organization,
        account_name=settings.account,
        user=settings.admin_user,
        role=settings.admin_role,
        authenticator="SNOWFLAKE_JWT",
        private_key=settings.admin_key,
    )


SNOWFLAKE = Sink(
    name="snowflake",
    settings=SnowflakeSettings,
    connection=SnowflakeConnection,
    connector=make_connector,
    store=make_store,
    provider=make_provider,
)
