"""PrivateLink from Confluent's managed connectors into the VPC, where they read Oracle.

The VPC offers an internal network load balancer as an endpoint service. Confluent's gateway connects to it from its own
account and gives it a name that only the environment's connectors resolve. Nothing listens on the internet.

The load balancer must meet two conditions:
- A security group of its own must not apply to PrivateLink traffic
  (`enforce_security_group_inbound_rules_on_private_link_traffic="off"`): the callers' addresses belong to Confluent's
  VPC and are unknown here. The list of allowed principals restricts access instead.
- It needs several zones and cross-zone balancing: Confluent chooses its zones, and Oracle is in one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as confluent
from pulumi import ResourceOptions

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"({LABEL}\.)+[a-z][a-z0-9-]*[a-z0-9]")
LONGEST_HOST = 253
"""Length limit of a DNS name (RFC 1035)."""


@dataclass(frozen=True, kw_only=True)
class EgressGateway:
    """The gateway for the connectors' outbound traffic; `principal_arn` is its identity at an endpoint service."""

    id: pulumi.Input[str]
    principal_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PrivateEgressArgs:
    """`host` is the name that connectors use, such as oracle.fraud.internal; Oracle's certificate must contain it.

    `gateway` is an existing one, from a dedicated cluster's network or another `PrivateEgress`. None creates one, which
    serves all enterprise clusters of the environment in the region.
    """

    environment_id: pulumi.Input[str]
    region: str
    host: str
    load_balancer_arn: pulumi.Input[str]
    gateway: EgressGateway | None = None

    def __post_init__(self) -> None:
        if not HOST.fullmatch(self.host) or len(self.host) > LONGEST_HOST:
            raise ValueError(
                f"host is {self.host!r}; set it to a full name in lower case, such as oracle.fraud.internal"
            )


class PrivateEgress(pulumi.ComponentResource):
    """Endpoint service in front of the load balancer, Confluent's access point to it, and its DNS name."""

    host: pulumi.Output[str]
    """The name that the connector connects to, known once it resolves."""
    gateway: EgressGateway
    ready: tuple[pulumi.Resource, ...]
    """Resources that a connector must wait for."""

    def __init__(self, name: str, args: PrivateEgressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:confluent:PrivateEgress", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self.gateway = args.gateway or self._make_gateway()
        access_point = self._access_point(self._service())
        record = self._record(access_point)
        self.host = record.domain
        self.ready = (access_point, record)
        self.register_outputs({"host": self.host})

    def _make_gateway(self) -> EgressGateway:
        gateway = confluent.Gateway(
            f"{self._name}-gateway",
            display_name=self._name,
            environment=confluent.GatewayEnvironmentArgs(id=self._args.environment_id),
            aws_egress_private_link_gateway=confluent.GatewayAwsEgressPrivateLinkGatewayArgs(region=self._args.region),
            opts=self._child,
        )
        return EgressGateway(
            id=gateway.id, principal_arn=gateway.aws_egress_private_link_gateway.apply(principal_of_gateway)
        )

    def _service(self) -> aws.ec2.VpcEndpointService:
        """An endpoint service for the gateway's principal only.

        No acceptance step: nobody else can connect, and manual acceptance would let `pulumi up` continue with a pending
        access point until the connector fails.
        """
        return aws.ec2.VpcEndpointService(
            f"{self._name}-service",
            network_load_balancer_arns=[self._args.load_balancer_arn],
            allowed_principals=[self.gateway.principal_arn],
            acceptance_required=False,
            tags={"Name": self._name},
            opts=self._child,
        )

    def _access_point(self, service: aws.ec2.VpcEndpointService) -> confluent.AccessPoint:
        return confluent.AccessPoint(
            f"{self._name}-access-point",
            display_name=self._name,
            environment=confluent.AccessPointEnvironmentArgs(id=self._args.environment_id),
            gateway=confluent.AccessPointGatewayArgs(id=self.gateway.id),
            aws_egress_private_link_endpoint=confluent.AccessPointAwsEgressPrivateLinkEndpointArgs(
                vpc_endpoint_service_name=service.service_name, enable_high_availability=True
            ),
            opts=self._child,
        )

    def _record(self, access_point: confluent.AccessPoint) -> confluent.DnsRecord:
        return confluent.DnsRecord(
            f"{self._name}-record",
            display_name=self._name,
            domain=self._args.host,
            environment=confluent.DnsRecordEnvironmentArgs(id=self._args.environment_id),
            gateway=confluent.DnsRecordGatewayArgs(id=self.gateway.id),
            private_link_access_point=confluent.DnsRecordPrivateLinkAccessPointArgs(id=access_point.id),
            opts=self._child,
        )


def principal_of_gateway(block: confluent.outputs.GatewayAwsEgressPrivateLinkGateway) -> str:
    """Refuse an empty principal: the endpoint service would silently let nobody in."""
    if not block.principal_arn:
        raise RuntimeError(
            "Confluent Cloud reported no principal of the egress gateway; run `pulumi refresh`, then `up`"
        )
    return block.principal_arn
