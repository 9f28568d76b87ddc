"""The network, and who may reach what from outside."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import cast, get_args

from components.fraud_app.args import SERVICE_CIDR
from components.log_groups import RETENTION_DAYS
from components.network import layout
from components.network.egress import prefix_problems
from components.network.ranges import PRIVATE, WIDEST_PREFIX, parse
from components.network.stack import PREFIX_QUOTA, NatMode
from stacks.config import Reader

UNROUTED = (*PRIVATE, IPv4Network("127.0.0.0/8"), IPv4Network("169.254.0.0/16"))


@dataclass(frozen=True, kw_only=True)
class Network:
    """`confluent_prefixes` replaces the look-up of Confluent's egress addresses when it is not empty."""

    cidr: str
    zones: tuple[str, ...]
    nat: NatMode
    interface_endpoints: bool
    confluent_prefixes: tuple[str, ...]
    operator_cidrs: tuple[str, ...]
    log_retention_days: int


def read(reader: Reader, region: str, *, production: bool, layer: str) -> Network:
    """Read the section. Only a layer that makes what operators reach needs to know who they are."""
    letters = reader.choices("availabilityZones", ("a", "b", "c", "d", "e", "f"))
    network = Network(
        cidr=reader.text("vpcCidr", r"\S+", "an IPv4 network such as 10.0.0.0/16"),
        zones=tuple(f"{region}{letter}" for letter in letters),
        nat=cast(NatMode, reader.choice("natGateways", get_args(NatMode))),
        interface_endpoints=reader.flag("interfaceEndpoints"),
        confluent_prefixes=reader.cidrs("confluentEgressPrefixes"),
        operator_cidrs=reader.cidrs("operatorCidrs"),
        log_retention_days=reader.integer("logRetentionDays", 1, 3653, only=RETENTION_DAYS),
    )
    found = layout.problems(network.cidr, network.zones, region)
    reader.problems += [f"vpcCidr, availabilityZones: {text}" for text in found]
    if network.confluent_prefixes:
        found = prefix_problems(network.confluent_prefixes, PREFIX_QUOTA)
        reader.problems += [f"confluentEgressPrefixes: {text}" for text in found]
    own = parse(network.cidr)
    if own and own.overlaps(IPv4Network(SERVICE_CIDR)):
        reader.refuse(
            "vpcCidr", network.cidr, f"a network apart from {SERVICE_CIDR}, the range of Kubernetes' services"
        )
    _check_operators(reader, network.operator_cidrs, layer)
    if production and network.nat == "single":
        reader.refuse("natGateways", network.nat, "per-zone in production: one gateway is a single point of failure")
    return network


def _check_operators(reader: Reader, cidrs: tuple[str, ...], layer: str) -> None:
    for cidr in cidrs:
        operators = IPv4Network(cidr)
        if operators.prefixlen < WIDEST_PREFIX:
            reader.refuse("operatorCidrs", cidr, f"your own networks, none wider than /{WIDEST_PREFIX}")
        elif any(map(operators.overlaps, UNROUTED)):
            reader.refuse(
                "operatorCidrs", cidr, "public addresses: nobody reaches a public endpoint from a private one"
            )
    if not cidrs and layer != "streaming":
        reader.refuse("operatorCidrs", [], "your networks: pulumi up itself must reach OpenSearch and Kubernetes")
