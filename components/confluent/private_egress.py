"""The way from Confluent's managed connectors into the VPC, through AWS PrivateLink: how they reach Oracle.

The VPC offers an internal network load balancer as an endpoint service; Confluent's gateway connects to it from its own
account and gives it a name that only the connectors of the environment resolve. Nothing listens on the internet.

Two things are the load balancer's matter:
- With a security group of its own it must not enforce that on PrivateLink traffic
  (`enforce_security_group_inbound_rules_on_private_link_traffic="off"`): the callers have addresses of Confluent's VPC,
  which are unknown here. The list of allowed principals is the lock.
- It is in several zones with cross-zone balancing on: Confluent chooses its zones, Oracle is in one.
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
"""Of a name in DNS (RFC 1035)."""


@dataclass(frozen=True, kw_only=True)
class EgressGateway:
    """Through which connectors call out; `principal_arn` is its identity at an endpoint service."""

    id: pulumi.Input[str]
    principal_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class PrivateEgressArgs:
    """`host` is the name that connectors use, such as oracle.fraud.internal; a certificate of Oracle's must name it.

    `gateway`: an existing one, of a dedicated cluster's network or of another `PrivateEgress`; None makes one, which
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
    """Endpoint service in front of the load balancer, Confluent's access point to it, and that point's DNS name."""

    host: pulumi.Output[str]
    """What the connector connects to: the name, known once it resolves."""
    gateway: EgressGateway
    ready: tuple[pulumi.Resource, ...]
    """What a connector must wait for."""

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
        """Open to the gateway's principal alone.

        Without acceptance: the principal is the lock, nobody else can even ask. Acceptance by hand would let
        `pulumi up` go on with a pending access point, and the connector fail after it.
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
    """Never empty: an endpoint service with an empty list of principals lets nobody in, and says so nowhere."""
    if not block.principal_arn:
        raise RuntimeError(
            "Confluent Cloud reported no principal of the egress gateway; run `pulumi refresh`, then `up`"
        )
    return block.principal_arn
