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
"""Amazon VPC's quota of entries in a prefix list, and of rules in all groups of a network interface."""


class NetworkSettings(Section):
    """Append new zones to the end: a single NAT gateway is in the first zone."""

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
        description="One NAT gateway, which costs less, or one per zone, which survives the loss of a zone. "
        "Production needs per-zone.",
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
        description="Egress networks of Confluent's connectors; [] looks them up.",
    )
    confluent_prefix_quota: Annotated[int, Whole(1, MAX_PREFIX_QUOTA)] = Field(
        default=60,
        validation_alias="confluentPrefixQuota",
        description="Size of the prefix list of those networks. A security group rule with the list counts this many "
        "times against AWS's quota of rules per group, 60 by default.",
    )

    def problems(self) -> Iterator[Problem]:
        yield from layout.problems(self.cidr, self.availability_zones)
        if self.confluent_egress_prefixes:
            for found in prefix_problems(self.confluent_egress_prefixes, self.confluent_prefix_quota):
                yield Problem("confluent_egress_prefixes", list(self.confluent_egress_prefixes), found)

    def production_problems(self) -> Iterator[Problem]:
        if self.nat == "single":
            yield Problem("nat", self.nat, "per-zone in production: one gateway is a single point of failure")
