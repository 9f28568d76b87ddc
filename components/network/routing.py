"""NAT gateways, and route tables with a default route to the internet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .ranges import ANYWHERE


@dataclass(frozen=True, kw_only=True)
class Nat:
    """A NAT gateway and its public address."""

    address: aws.ec2.Eip
    gateway: aws.ec2.NatGateway


def make_nat(name: str, *, subnet: aws.ec2.Subnet, internet: aws.ec2.InternetGateway, parent: pulumi.Resource) -> Nat:
    """A NAT gateway in a public subnet, for hosts in other subnets."""
    address = aws.ec2.Eip(f"{name}-address", domain="vpc", tags={"Name": name}, opts=ResourceOptions(parent=parent))
    gateway = aws.ec2.NatGateway(
        name,
        subnet_id=subnet.id,
        allocation_id=address.id,
        connectivity_type="public",
        tags={"Name": name},
        # AWS refuses the NAT gateway while the VPC has no internet gateway, and no input implies that dependency.
        # An address can belong to only one gateway at a time.
        opts=ResourceOptions(parent=parent, depends_on=[internet], delete_before_replace=True),
    )
    return Nat(address=address, gateway=gateway)


@dataclass(frozen=True, kw_only=True)
class RouteTable:
    """A route table. Its subnets reach the internet once the resources in `ready` exist."""

    table_id: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...]


def make_route_table(
    name: str,
    *,
    vpc_id: pulumi.Input[str],
    subnets: Sequence[aws.ec2.Subnet],
    through: aws.ec2.InternetGateway | aws.ec2.NatGateway,
    parent: pulumi.Resource,
) -> RouteTable:
    """A route table for the subnets, with a default route through a gateway."""
    child = ResourceOptions(parent=parent)
    table = aws.ec2.RouteTable(f"{name}-routes", vpc_id=vpc_id, tags={"Name": name}, opts=child)
    is_nat = isinstance(through, aws.ec2.NatGateway)
    route = aws.ec2.Route(
        f"{name}-internet",
        route_table_id=table.id,
        destination_cidr_block=ANYWHERE,
        gateway_id=None if is_nat else through.id,
        nat_gateway_id=through.id if is_nat else None,
        opts=child,
    )
    associations = [
        aws.ec2.RouteTableAssociation(
            f"{subnet.pulumi_resource_name}-association", route_table_id=table.id, subnet_id=subnet.id, opts=child
        )
        for subnet in subnets
    ]
    return RouteTable(table_id=table.id, ready=(through, route, *associations))
