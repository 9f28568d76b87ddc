"""Security groups. Each security group rule is a resource of its own, with a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""EC2's format for descriptions of groups and rules: an apostrophe fails the deploy (API IpRange, SecurityGroup)."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """The other side of a security group rule: exactly one of the three fields."""

    cidr: pulumi.Input[str] | None = None
    group_id: pulumi.Input[str] | None = None
    prefix_list_id: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.cidr, self.group_id, self.prefix_list_id) if value is not None]
        if len(given) != 1:
            raise ValueError(f"a peer has {len(given)} of cidr, group_id, prefix_list_id; set exactly one")


def make_group(
    name: str, vpc_id: pulumi.Input[str], description: str, opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    """A group that allows no traffic in either direction until rules are added."""
    _check(name, description)
    return aws.ec2.SecurityGroup(
        name, vpc_id=vpc_id, description=description, tags={"Name": name}, revoke_rules_on_delete=True, opts=opts
    )


def allow_ingress(
    name: str, *, group_id: pulumi.Input[str], peer: Peer, port: int, description: str, opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupIngressRule:
    """Let the peer connect to a TCP port of the group's members."""
    return aws.vpc.SecurityGroupIngressRule(name, **_rule_arguments(name, group_id, peer, port, description), opts=opts)


def allow_egress(
    name: str, *, group_id: pulumi.Input[str], peer: Peer, port: int, description: str, opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupEgressRule:
    """Let the group's members connect to a TCP port of the peer."""
    return aws.vpc.SecurityGroupEgressRule(name, **_rule_arguments(name, group_id, peer, port, description), opts=opts)


def _rule_arguments(name: str, group_id: pulumi.Input[str], peer: Peer, port: int, description: str) -> dict[str, Any]:
    _check(name, description)
    return {
        "security_group_id": group_id,
        "ip_protocol": "tcp",
        "from_port": port,
        "to_port": port,
        "cidr_ipv4": peer.cidr,
        "referenced_security_group_id": peer.group_id,
        "prefix_list_id": peer.prefix_list_id,
        "description": description,
    }


def _check(name: str, description: str) -> None:
    if not DESCRIPTION.fullmatch(description):
        raise ValueError(
            f"description of {name} is {description!r}; EC2 allows 1 to 255 letters, digits, spaces and "
            "._-:/()#,@[]+=&;{}!$*, and no apostrophe"
        )
