"""VPC endpoints of AWS services, which bypass the NAT gateways."""

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
    """The free gateway endpoint of S3, for image layers and Redshift's loads.

    It keeps the default policy, because AWS owns the package and image buckets and changes them without notice.
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
    """One endpoint per service of `INTERFACE_SERVICES`; inside the VPC, the service's public name resolves to it."""
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
    # A new endpoint takes over its service's name at once, so the security group rule must exist before.
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
