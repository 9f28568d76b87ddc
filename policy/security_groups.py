"""Security group rules in one form, for each way to declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy.inputs import get, items, one_of
from policy.model import Resource

GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
RULES = (INGRESS_RULE, EGRESS_RULE, OLD_RULE)
WITH_RULES = (GROUP, DEFAULT_GROUP, *RULES)


@dataclass(frozen=True, kw_only=True)
class SecurityGroupRule:
    """`first` to `last` are the ports; all fields except `ingress` may be missing or opaque."""

    ingress: bool
    protocol: Any
    first: Any
    last: Any
    cidrs: tuple[Any, ...]
    description: Any

    @property
    def all_ports(self) -> bool:
        return self.protocol in ("-1", -1, "all")

    @property
    def ports(self) -> str:
        if self.all_ports:
            return "every port"
        return f"port {self.first}" if self.first == self.last else f"ports {self.first} to {self.last}"

    def covers(self, port: int) -> bool:
        """Whether the rule certainly includes the port."""
        if self.all_ports:
            return True
        known = isinstance(self.first, int) and isinstance(self.last, int)
        return known and not one_of(self.protocol, "icmp", "icmpv6") and self.first <= port <= self.last

    def is_only(self, *ports: int) -> bool:
        """Whether the rule is, or may be, for one of these TCP ports."""
        if self.all_ports or self.protocol == "udp":
            return False
        known = [port for port in (self.first, self.last) if isinstance(port, int)]
        return all(port in ports for port in known) and len(set(known)) <= 1


def rules_of(resource: Resource) -> Iterator[SecurityGroupRule]:
    """The rules that a resource declares: itself, or a group's inline rules."""
    inputs = resource.inputs
    if resource.type in (INGRESS_RULE, EGRESS_RULE):
        yield _rule(inputs, ingress=resource.type == INGRESS_RULE, protocol="ipProtocol")
    elif resource.type == OLD_RULE:
        yield _rule(inputs, ingress=inputs.get("type") == "ingress", protocol="protocol")
    elif resource.type in (GROUP, DEFAULT_GROUP):
        for direction in ("ingress", "egress"):
            for inline in items(inputs.get(direction)):
                yield _rule(inline, ingress=direction == "ingress", protocol="protocol")


def _rule(inputs: Mapping[str, Any], *, ingress: bool, protocol: str) -> SecurityGroupRule:
    cidrs = [get(inputs, "cidrIpv4"), get(inputs, "cidrIpv6")]
    cidrs += [*items(get(inputs, "cidrBlocks")), *items(get(inputs, "ipv6CidrBlocks"))]
    return SecurityGroupRule(
        ingress=ingress,
        protocol=get(inputs, protocol),
        first=get(inputs, "fromPort"),
        last=get(inputs, "toPort"),
        cidrs=tuple(cidr for cidr in cidrs if cidr),
        description=get(inputs, "description"),
    )
