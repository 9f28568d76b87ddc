"""The stores that the sinks write to, as the settings ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
from pulumi import ResourceOptions

from components.sinks.opensearch.store import OpenSearchTargetArgs
from components.sinks.redshift.schedule import PauseSchedule
from components.sinks.redshift.store import RedshiftTargetArgs
from components.sinks.targets import SinkTargets, SinkTargetsArgs
from stacks.aws_context import AwsContext
from stacks.providers import make_snowflake
from stacks.sections.sinks import OpenSearch, Redshift, Snowflake
from stacks.settings import Settings

if TYPE_CHECKING:
    from components.sinks.snowflake.store import SnowflakeTargetArgs


def make_stores(settings: Settings, context: AwsContext) -> SinkTargets:
    """Every store that is switched on."""
    sinks = settings.sinks
    providers: list[pulumi.ProviderResource] = [context.provider]
    if sinks.snowflake:
        providers.append(make_snowflake(settings.general.deployment, sinks.snowflake))
    args = SinkTargetsArgs(
        redshift=_redshift(settings, sinks.redshift, context) if sinks.redshift else None,
        opensearch=_opensearch(settings, sinks.opensearch, context) if sinks.opensearch else None,
        snowflake=_snowflake(settings, sinks.snowflake, context) if sinks.snowflake else None,
    )
    return SinkTargets(context.name, args, ResourceOptions(providers=providers))


def _redshift(settings: Settings, redshift: Redshift, context: AwsContext) -> RedshiftTargetArgs:
    return RedshiftTargetArgs(
        vpc_id=context.network.vpc_id,
        # The connector comes from the internet: from Confluent's egress addresses, and from no other.
        subnet_ids=context.network.public_subnet_ids,
        confluent_prefix_list_id=context.network.confluent_prefix_list_id,
        network_ready=context.network.internet_ready,
        node_type=redshift.node_type,
        number_of_nodes=redshift.nodes,
        kms_key_arn=context.key.arn,
        log_retention_days=settings.network.log_retention_days,
        protect=settings.general.production,
        database=redshift.database,
        slots=redshift.slots,
        pause_schedule=PauseSchedule(pause=redshift.pause, resume=redshift.resume) if redshift.pause else None,
    )


def _opensearch(settings: Settings, opensearch: OpenSearch, context: AwsContext) -> OpenSearchTargetArgs:
    return OpenSearchTargetArgs(
        account_id=context.account_id,
        region=settings.general.region,
        confluent_prefixes=context.confluent_prefixes,
        operator_cidrs=settings.network.operator_cidrs,
        nat_addresses=context.network.nat_addresses,
        engine_version=opensearch.version,
        instance_type=opensearch.instance_type,
        instance_count=opensearch.nodes,
        volume_gib=opensearch.volume_gib,
        kms_key_arn=context.key.arn,
        log_retention_days=settings.network.log_retention_days,
        protect=settings.general.production,
        slots=opensearch.slots,
    )


def _snowflake(settings: Settings, snowflake: Snowflake, context: AwsContext) -> SnowflakeTargetArgs:
    from components.sinks.snowflake.store import SnowflakeTargetArgs  # noqa: PLC0415 - its SDK takes a second to import

    return SnowflakeTargetArgs(
        account_url=f"{snowflake.organization}-{snowflake.account}.snowflakecomputing.com:443".lower(),
        confluent_prefixes=context.confluent_prefixes,
        database=snowflake.database,
        schema=snowflake.schema,
        credit_quota=snowflake.monthly_credits,
        protect=settings.general.production,
        slots=snowflake.slots,
    )
