"""Explicit providers, so that no resource depends on the default credentials and region."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from stacks.settings.general import General


def make_aws(general: General) -> aws.Provider:
    """A provider that adds the mandatory tags to all its resources."""
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
