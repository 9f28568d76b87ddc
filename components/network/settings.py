"""Settings of the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ..constraints import Flag, Networks, OneOf, Subset, Text, Whole
from ..section import Problem, Section
from . import layout
from .egress import prefix_problems

NAT_MODES = ("single", "per-zone")
MAX_PREFIX_QUOTA = 1000
"""Entries of a prefix list, and rules of all groups of one network interface (Amazon VPC quotas)."""


class NetworkSettings(Section):
    """A zone is best appended: with a single NAT gateway, that is in the first one."""

    title: ClassVar[str] = "Network"

    cidr: Annotated[str, Text(r"\S+", "an IPv4 network such as 10.0.0.0/16")] = Field(
        default="10.0.0.0/16",
        validation_alias="vpcCidr",
        description=f"Network of the VPC, a private one from /{layout.SMALLEST_PREFIX} to /{layout.LARGEST_PREFIX}.",
    )
    availability_zones: Annotated[tuple[str, ...], Subset(tuple("abcdef"))] = Field(
        default=("a", "b", "c"),
        validation_alias="availabilityZones",
        description=f"Letters of the region's zones to use, {layout.FEWEST_ZONES} to {layout.MOST_ZONES}.",
    )
    nat: Annotated[str, OneOf(NAT_MODES)] = Field(
        default="single",
        validation_alias="natGateways",
        description="single costs one gateway and loses the way out with its zone; production wants one a zone.",
    )
    interface_endpoints: Annotated[bool, Flag()] = Field(
        default=False,
        validation_alias="interfaceEndpoints",
        description="Private endpoints for SSM, Secrets Manager, ECR, CloudWatch Logs and STS (seven, about $51 a "
        "month and zone).",
    )
    confluent_egress_prefixes: Annotated[tuple[str, ...], Networks()] = Field(
        default=(),
        validation_alias="confluentEgressPrefixes",
        description="Networks from which Confluent's connectors come, instead of the look-up; [] looks them up.",
    )

    confluent_prefix_quota: Annotated[int, Whole(1, MAX_PREFIX_QUOTA)] = Field(
        default=60,
        validation_alias="confluentPrefixQuota",
        description="Size of the list of those networks. A security group's rule with the list takes as many of AWS's "
        "quota of rules per group, 60 by default.",
    )

    def problems(self) -> Iterator[Problem]:
        yield from layout.problems(self.cidr, self.availability_zones)
        if self.confluent_egress_prefixes:
            for found in prefix_problems(self.confluent_egress_prefixes, self.confluent_prefix_quota):
                yield Problem("confluent_egress_prefixes", list(self.confluent_egress_prefixes), found)

    def production_problems(self) -> Iterator[Problem]:
        if self.nat == "single":
            yield Problem("nat", self.nat, "per-zone in production: one gateway is a single point of failure")
