"""What stack this is: its layer, its name, whether it is production."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.contracts import reserved
from stacks.config import Reader

LONGEST_DEPLOYMENT = 11
LAYERS = ("complete", "platform", "streaming")
# Regions where Confluent Cloud offers Flink on AWS; the first deploy confirms the one in use.
REGIONS = (
    "us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "eu-central-1", "eu-north-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class General:
    """`deployment` names everything that is made; both layers of one deployment have the same.

    In production what holds data is protected and kept, and nothing is open to everybody.
    """

    layer: str
    deployment: str
    platform_stack: str
    region: str
    production: bool
    owner: str


def read(reader: Reader) -> General:
    """Read the section."""
    general = General(
        layer=reader.choice("layer", LAYERS),
        deployment=_deployment(reader),
        platform_stack=reader.text(
            "platformStack", r"([\w.-]+/[\w.-]+/[\w.-]+)?", "organization/fraud-detection/stack, or nothing"
        ),
        region=reader.choice("region", REGIONS),
        production=reader.choice("environment", ("development", "production")) == "production",
        owner=reader.text("owner", r"[\w@.+ -]{1,64}", "a team's name or address"),
    )
    if (general.layer == "streaming") != bool(general.platform_stack):
        reader.refuse(
            "platformStack",
            general.platform_stack,
            "the platform's stack, organization/fraud-detection/stack, when layer is streaming, else nothing",
        )
    _check_reference(reader, general.platform_stack)
    return general


def _check_reference(reader: Reader, platform_stack: str) -> None:
    parts = platform_stack.split("/")
    if len(parts) != 3:  # organization, project, stack: already refused, or none
        return
    if parts[1] != pulumi.get_project():
        reader.refuse("platformStack", platform_stack, f"a stack of the project {pulumi.get_project()}")
    if parts[2] == pulumi.get_stack():
        reader.refuse("platformStack", platform_stack, "another stack than this one, whose layer is platform")


def _deployment(reader: Reader) -> str:
    # AWS takes 28 characters for an OpenSearch domain, and no two hyphens in a row for a Redshift cluster.
    pattern = rf"(?=.{{1,{LONGEST_DEPLOYMENT}}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*"
    allowed = f"at most {LONGEST_DEPLOYMENT} characters of a-z, 0-9 and single hyphens between them, a letter first"
    given = reader.text("deployment", f"({pattern})?", allowed)
    name = given or reader.checked(
        "deployment", pulumi.get_stack(), pattern, f"{allowed}; empty takes the stack's name"
    )
    reader.not_reserved("deployment", name, reserved.DEPLOYMENT, "a service of the stack")
    if name.startswith("kube-"):
        reader.refuse("deployment", name, "another beginning: Kubernetes keeps kube- for itself")
    return name
