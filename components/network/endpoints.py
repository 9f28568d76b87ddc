"""Ways from the VPC to AWS's own services that do not go through a NAT gateway."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .security import Peer, allow_ingress, make_group

INTERFACE_SERVICES = ("ssm", "ssmmessages", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts")


def make_s3_endpoint(
    name: str,
    *,
    vpc_id: pulumi.Input[str],
    region: str,
    route_table_ids: Sequence[pulumi.Input[str]],
    parent: pulumi.Resource,
) -> aws.ec2.VpcEndpoint:
    """The gateway endpoint of S3, free of charge: image layers and Redshift's loads take it past the NAT.

    It keeps the default policy: package and image buckets belong to AWS and change without notice.
    """
    return aws.ec2.VpcEndpoint(
        f"{name}-s3",
        vpc_id=vpc_id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{region}.s3",
        route_table_ids=route_table_ids,
        tags={"Name": f"{name}-s3"},
        opts=ResourceOptions(parent=parent),
    )


def make_interface_endpoints(
    name: str,
    *,
    vpc_id: pulumi.Input[str],
    cidr: str,
    region: str,
    subnet_ids: Sequence[pulumi.Input[str]],
    parent: pulumi.Resource,
) -> None:
    """One endpoint per service of `INTERFACE_SERVICES`; inside the VPC the service's own name leads to it."""
    child = ResourceOptions(parent=parent)
    group = make_group(f"{name}-endpoints", vpc_id, f"Interface endpoints of {name}", child)
    https = allow_ingress(
        f"{name}-endpoints-https",
        group_id=group.id,
        peer=Peer(cidr=cidr),
        port=443,
        description="HTTPS from within the VPC",
        opts=child,
    )
    # From the moment an endpoint exists, its service's name leads there: the rule must be there first.
    after_rule = ResourceOptions(parent=parent, depends_on=[https])
    for service in INTERFACE_SERVICES:
        label = f"{name}-{service.replace('.', '-')}"
        aws.ec2.VpcEndpoint(
            label,
            vpc_id=vpc_id,
            vpc_endpoint_type="Interface",
            service_name=f"com.amazonaws.{region}.{service}",
            subnet_ids=subnet_ids,
            security_group_ids=[group.id],
            private_dns_enabled=True,
            tags={"Name": label},
            opts=after_rule,
        )
