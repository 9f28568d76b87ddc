"""Tags, providers and deletion protection."""

from __future__ import annotations

from collections.abc import Iterator

from policy.environment import AWS_PROVIDER, default_tags, is_production
from policy.inputs import absent, get
from policy.model import Resource, Stack, resource_control, stack_control

MANDATORY_TAGS = ("Project", "Deployment", "Environment", "Owner", "ManagedBy")

STATEFUL = (
    "aws:ebs/volume:Volume",
    "aws:kms/key:Key",
    "aws:redshift/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "snowflake:index/database:Database",
)
"""Types with data that a deploy cannot restore, or the key to it."""


@resource_control(AWS_PROVIDER, severity="low", fix="set default_tags of aws.Provider")
def default_tags_are_complete(resource: Resource) -> Iterator[str]:
    """The AWS provider gives every resource the mandatory tags: Project, Deployment, Environment, Owner, ManagedBy."""
    missing = [tag for tag in MANDATORY_TAGS if absent(get(default_tags(resource), tag))]
    if missing:
        yield f"default_tags lacks {', '.join(missing)}"


@resource_control(severity="medium", fix="pass the stack's aws.Provider: ResourceOptions(providers=[...])")
def aws_resources_have_a_provider(resource: Resource) -> Iterator[str]:
    """Each AWS resource uses a provider of the program, with its region and tags, and not the default one."""
    if resource.type.startswith("aws:") and resource.provider is None:
        yield "the resource uses the default provider"


@stack_control(fix="set protect=True")
def production_data_is_protected(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """In production, resources with data are protected from deletion."""
    if is_production(stack):
        for resource in stack.of_type(*STATEFUL):
            if not resource.options.protect:
                yield resource, "one pulumi command deletes the data"
