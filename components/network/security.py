"""Security groups without inline rules: each rule is a resource of its own, with a description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""What EC2 takes as the description of a group or rule; an apostrophe fails the deploy (API IpRange, SecurityGroup)."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """The other side of a rule: exactly one of the three."""

    cidr: pulumi.Input[str] | None = None
    group_id: pulumi.Input[str] | None = None
    prefix_list_id: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        given = [value for value in (self.cidr, self.group_id, self.prefix_list_id) if value is not None]
        if len(given) != 1:
            raise ValueError(f"a peer has {len(given)} of cidr, group_id, prefix_list_id; give exactly one")


def make_group(
    name: str, vpc_id: pulumi.Input[str], description: str, opts: pulumi.ResourceOptions
) -> aws.ec2.SecurityGroup:
    """A group that allows nothing, not even outgoing traffic, until rules are added."""
    _check(name, description)
    return aws.ec2.SecurityGroup(
        name, vpc_id=vpc_id, description=description, tags={"Name": name}, revoke_rules_on_delete=True, opts=opts
    )


def allow_ingress(
    name: str, *, group_id: pulumi.Input[str], peer: Peer, port: int, description: str, opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupIngressRule:
    """Let a peer connect to one TCP port."""
    return aws.vpc.SecurityGroupIngressRule(name, **_rule(name, group_id, peer, port, description), opts=opts)


def allow_egress(
    name: str, *, group_id: pulumi.Input[str], peer: Peer, port: int, description: str, opts: pulumi.ResourceOptions
) -> aws.vpc.SecurityGroupEgressRule:
    """Let the group's members connect to one TCP port of a peer."""
    return aws.vpc.SecurityGroupEgressRule(name, **_rule(name, group_id, peer, port, description), opts=opts)


def _rule(name: str, group_id: pulumi.Input[str], peer: Peer, port: int, description: str) -> dict[str, Any]:
    """The arguments that rules of both directions have."""
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
            f"description of {name} is {description!r}; EC2 takes 1 to 255 letters, digits, spaces and "
            "._-:/()#,@[]+=&;{}!$*, and no apostrophe"
        )
