"""The providers, made explicitly: no resource depends on whose credentials and region are the default ones."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.settings.general import General


def make_aws(general: General) -> aws.Provider:
    """Its resources carry the mandatory tags, whatever a component forgets."""
    tags = {
        "Project": pulumi.get_project(),
        "Deployment": general.deployment,
        "Environment": general.environment,
        "Owner": general.owner,
        "ManagedBy": "pulumi",
    }
    return aws.Provider(
        f"{general.deployment}-aws",
        region=general.region,
        default_tags=aws.ProviderDefaultTagsArgs(tags=tags),
    )
