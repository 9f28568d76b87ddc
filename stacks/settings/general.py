"""General settings of a stack: its layer, name, environment and operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Annotated, ClassVar

import pulumi
from pydantic import Field

from components.aws_context import RETENTION_DAYS
from components.constraints import Maybe, Networks, OneOf, Text, Whole
from components.contracts import reserved
from components.network.ranges import PRIVATE, WIDEST_PREFIX
from components.section import Problem, Section

LONGEST_DEPLOYMENT = 11
# AWS allows 28 characters for an OpenSearch domain, and no two hyphens in a row for a Redshift cluster.
DEPLOYMENT = rf"(?=.{{1,{LONGEST_DEPLOYMENT}}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*"
DEPLOYMENT_WORDS = (
    f"at most {LONGEST_DEPLOYMENT} characters of a-z, 0-9 and single hyphens between them, a letter first"
)
PLATFORM_STACK = Text(r"[\w.-]+/[\w.-]+/[\w.-]+", "organization/fraud-detection/stack")
LAYERS = ("complete", "platform", "streaming")
# Regions where Confluent Cloud offers Flink on AWS; the first deploy confirms the one in use.
REGIONS = (
    "us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "eu-central-1", "eu-north-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2",
)  # fmt: skip
UNROUTED = (*PRIVATE, IPv4Network("127.0.0.0/8"), IPv4Network("169.254.0.0/16"))


class General(Section):
    """Both layers of a deployment must have the same `deployment`."""

    title: ClassVar[str] = "Stack"

    layer: Annotated[str, OneOf(LAYERS)] = Field(
        default="complete",
        validation_alias="layer",
        description="complete: everything in one stack; platform: the slow-changing resources; streaming: topics, "
        "statements and connectors.",
    )
    given_deployment: Annotated[str | None, Maybe(Text(DEPLOYMENT, DEPLOYMENT_WORDS), "the stack's name")] = Field(
        default=None,
        validation_alias="deployment",
        description="Name of the deployment in all resource names, the same for both layers.",
    )
    platform_stack: Annotated[str | None, Maybe(PLATFORM_STACK)] = Field(
        default=None, validation_alias="platformStack", description="The platform's stack, for layer streaming."
    )
    environment: Annotated[str, OneOf(("development", "production"))] = Field(
        default="development",
        validation_alias="environment",
        description="production protects resources that hold data and refuses public access.",
    )
    owner: Annotated[str, Text(r"[\w@.+ -]{1,64}", "a team's name or address")] = Field(
        default="platform-team", validation_alias="owner", description="The tag Owner of every AWS resource."
    )
    region: Annotated[str, OneOf(REGIONS)] = Field(
        default="us-east-1",
        validation_alias="region",
        description="AWS region of everything, Confluent Cloud included.",
    )
    operator_cidrs: Annotated[tuple[str, ...], Networks()] = Field(
        default=(),
        validation_alias="operatorCidrs",
        description="Networks of the operators and of pulumi up, which reach OpenSearch and the Kubernetes API.",
    )
    log_retention_days: Annotated[int, Whole(only=RETENTION_DAYS)] = Field(
        default=30, validation_alias="logRetentionDays", description="Days that CloudWatch keeps logs."
    )

    @property
    def deployment(self) -> str:
        return self.given_deployment or pulumi.get_stack()

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def has_platform(self) -> bool:
        """Whether the stack creates endpoints for operators and users, and needs their networks."""
        return self.layer != "streaming"

    def problems(self) -> Iterator[Problem]:
        yield from self._deployment_problems()
        yield from self._platform_stack_problems()
        yield from self._operator_problems()

    def _deployment_problems(self) -> Iterator[Problem]:
        name = self.deployment
        if not re.fullmatch(DEPLOYMENT, name):
            yield Problem("given_deployment", name, f"{DEPLOYMENT_WORDS}; empty takes the stack's name")
        if name in reserved.DEPLOYMENT:
            allowed = f"another name: {name} is a reserved word of a service"
            yield Problem("given_deployment", name, allowed)
        if name.startswith("kube-"):
            yield Problem("given_deployment", name, "another prefix: Kubernetes reserves kube-")

    def _platform_stack_problems(self) -> Iterator[Problem]:
        if (self.layer == "streaming") != bool(self.platform_stack):
            allowed = "the platform's stack, organization/fraud-detection/stack, when layer is streaming, else nothing"
            yield Problem("platform_stack", self.platform_stack or "", allowed)
        if not self.platform_stack:
            return
        _, project, stack = self.platform_stack.split("/")
        if project != pulumi.get_project():
            yield Problem("platform_stack", self.platform_stack, f"a stack of the project {pulumi.get_project()}")
        if stack == pulumi.get_stack():
            allowed = "another stack, with the layer platform"
            yield Problem("platform_stack", self.platform_stack, allowed)

    def _operator_problems(self) -> Iterator[Problem]:
        for cidr in self.operator_cidrs:
            operators = IPv4Network(cidr)
            if operators.prefixlen < WIDEST_PREFIX:
                yield Problem("operator_cidrs", cidr, f"your own networks, none wider than /{WIDEST_PREFIX}")
            elif any(map(operators.overlaps, UNROUTED)):
                allowed = "public addresses: a public endpoint never sees a private one"
                yield Problem("operator_cidrs", cidr, allowed)
        if not self.operator_cidrs and self.has_platform:
            allowed = "your networks: pulumi up itself must reach OpenSearch and Kubernetes"
            yield Problem("operator_cidrs", [], allowed)
