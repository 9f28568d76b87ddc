"""The providers, made explicitly: each resource names the account and region that it goes to."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.sections.general import General
from stacks.sections.sinks import Snowflake


def make_aws(general: General) -> aws.Provider:
    """Everything carries the mandatory tags, whatever a component forgets."""
    tags = {
        "Project": pulumi.get_project(),
        "Deployment": general.deployment,
        "Environment": "production" if general.production else "development",
        "Owner": general.owner,
        "ManagedBy": "pulumi",
    }
    return aws.Provider(
        f"{general.deployment}-aws",
        region=general.region,
        default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
    )


def make_snowflake(deployment: str, snowflake: Snowflake) -> pulumi.ProviderResource:
    """Signs in with a key pair: Snowflake takes no password from a service."""
    import pulumi_snowflake  # noqa: PLC0415 - importing it takes a second, for nothing where the sink is off

    return pulumi_snowflake.Provider(
        f"{deployment}-snowflake",
        organization_name=snowflake.organization,
        account_name=snowflake.account,
        user=snowflake.admin_user,
        role=snowflake.admin_role,
        authenticator="SNOWFLAKE_JWT",
        private_key=snowflake.admin_key,
    )
