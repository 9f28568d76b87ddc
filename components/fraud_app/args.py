"""The arguments of FraudApp, and their checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

import pulumi

from ..aws_context import AwsContext
from ..connections import AppDatabase, AppKafka
from ..network.ranges import parse, range_problems
from .operators import Operators
from .settings import AppSettings

# Range of the cluster's services. It is fixed, so that network policies know the address of its DNS, the tenth.
SERVICE_CIDR = "172.20.0.0/16"
DNS_ADDRESS = "172.20.0.10/32"
THRESHOLDS = ("burst_count", "burst_amount", "large_amount", "home_prefix")
"""The thresholds that the page uses to create frauds; the app's variables have these names in capitals."""
EPISODE_HOURS = "episode_hours"
"""May be among the thresholds: how the page puts alerts together to episodes, by default those of a day."""


@dataclass(frozen=True, kw_only=True)
class FraudAppArgs:
    """Nodes run in `app_subnet_ids`, the load balancer in `public_subnet_ids`; `vpc_cidr` covers it and the database.

    `network_ready` are the routes through which nodes pull images; on destroy they outlive the load balancer. Only
    `api_cidrs` reach the Kubernetes API from outside: without any, the deployer must be inside the VPC. `zone_spread`
    \"required\" survives the loss of a zone, and pays for a node in each. If the settings have no image, it is built
    from the folder `build_context`, relative to the project. `thresholds` are the fraud rules' thresholds by name. The
    generator commits a fraud every `fraud_every_seconds`; 0 means none. `operators`, JSON of password hashes by name,
    may change anything on the page; without them it is only read.
    """

    context: AwsContext
    vpc_id: pulumi.Input[str]
    app_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    public_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    vpc_cidr: str
    database: AppDatabase
    database_security_group_id: pulumi.Input[str]
    kafka: AppKafka
    thresholds: Mapping[str, object]
    settings: AppSettings

    network_ready: Sequence[pulumi.Resource] = ()
    database_ready: Sequence[pulumi.Resource] = ()
    api_cidrs: tuple[str, ...] = ()
    build_context: str | None = None
    zone_spread: Literal["required", "preferred"] = "required"
    fraud_every_seconds: float = 60.0
    operators: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise ValueError("; ".join(problems))

    def _problems(self) -> Iterator[str]:
        if self.settings.image is None and self.build_context is None:
            yield "neither settings.image nor build_context is set; set an image by digest, or its Dockerfile's folder"
        own = parse(self.vpc_cidr)
        if own is None:
            yield f"vpc_cidr is {self.vpc_cidr!r}; set an IPv4 range such as 10.0.0.0/16"
        elif own.overlaps(IPv4Network(SERVICE_CIDR)):
            yield f"vpc_cidr is {self.vpc_cidr}; set a range apart from {SERVICE_CIDR}, the range of the services"
        yield from range_problems("api_cidrs", self.api_cidrs)
        if not self.settings.ingress_cidrs:
            yield "settings.ingress_cidrs is empty, which a load balancer reads as everyone; set the users' ranges"
        if isinstance(self.operators, str):
            yield from (f"operators: {problem}" for problem in Operators().problems(self.operators))
        if self.fraud_every_seconds < 0:
            yield f"fraud_every_seconds is {self.fraud_every_seconds}; set it to 0 or more"
        if absent := [name for name in THRESHOLDS if name not in self.thresholds]:
            yield f"thresholds has no {', '.join(absent)}; set it to StreamingSettings.thresholds"
