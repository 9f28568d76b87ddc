"""PrivateLink from the VPC to Confluent Cloud, for `connectivity: privatelink`.

`PrivateIngress` leads to Schema Registry, Flink and an enterprise cluster's Kafka, `DedicatedIngress` to a dedicated
cluster's Kafka. For the opposite direction, from the managed connectors to Oracle, see private_egress.py.

`pulumi up` must run inside the VPC: topics, ACLs, schemas, Flink statements and the provider's check of each Kafka API
key use endpoints that only the VPC resolves and reaches. They all wait for `ready` (docs/private-networking.md). The
Cloud API, which creates the resources of this module, stays public.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent
from pulumi import ResourceOptions

from ..network.private_link_endpoint import PrivateLinkEndpoint, PrivateLinkEndpointArgs, VpcPlacement
from .private_egress import EgressGateway

CLOUD = "AWS"
PORTS = {443: "HTTPS from within the VPC: Kafka REST, Schema Registry, Flink", 9092: "Kafka from within the VPC"}
DEDICATED_ZONES = 3
"""Confluent's networks span three zones (pulumi_confluentcloud.Network)."""
ZONE_ID = re.compile(r"[a-z]+\d-az\d+")


@dataclass(frozen=True, kw_only=True)
class PrivateIngressArgs:
    """`placement`: the VPC and its application subnets."""

    environment_id: pulumi.Input[str]
    placement: VpcPlacement


class PrivateIngress(pulumi.ComponentResource):
    """The environment's PrivateLink attachment in a region, its endpoint in the VPC, and its private DNS.

    Every environment uses the domain `<region>.aws.private.confluent.cloud`, which a VPC can have only once: two stacks
    in one region need two VPCs. Schema Registry's private endpoint comes from its look-up
    (`private_regional_rest_endpoints`), Flink's from its region's (`private_rest_endpoint`).
    """

    ready: tuple[pulumi.Resource, ...]
    """What must exist before a private endpoint answers."""

    def __init__(self, name: str, args: PrivateIngressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:confluent:PrivateIngress", name, None, opts)
        child = ResourceOptions(parent=self)
        attachment = confluent.PrivateLinkAttachment(
            f"{name}-attachment",
            display_name=name,
            cloud=CLOUD,
            region=args.placement.region,
            environment=confluent.PrivateLinkAttachmentEnvironmentArgs(id=args.environment_id),
            opts=child,
        )
        endpoint = PrivateLinkEndpoint(
            f"{name}-door",
            PrivateLinkEndpointArgs(
                placement=args.placement,
                service_name=attachment.aws.apply(service_of_attachment),
                dns_domain=attachment.dns_domain,
                ports=PORTS,
            ),
            opts=child,
        )
        # Confluent accepts the endpoint's connection only once it is registered here.
        connection = confluent.PrivateLinkAttachmentConnection(
            f"{name}-connection",
            display_name=name,
            environment=confluent.PrivateLinkAttachmentConnectionEnvironmentArgs(id=args.environment_id),
            private_link_attachment=confluent.PrivateLinkAttachmentConnectionPrivateLinkAttachmentArgs(
                id=attachment.id
            ),
            aws=confluent.PrivateLinkAttachmentConnectionAwsArgs(vpc_endpoint_id=endpoint.endpoint_id),
            opts=child,
        )
        self.ready = (*endpoint.ready, connection)
        self.register_outputs({"dnsDomain": attachment.dns_domain})


@dataclass(frozen=True, kw_only=True)
class DedicatedIngressArgs:
    """`zone_ids` maps this account's names of the subnets' zones (`us-east-1a`) to ids (`use1-az4`).

    An id means the same zone in every account, a name does not. The account `account_id` may connect.
    """

    environment_id: pulumi.Input[str]
    account_id: pulumi.Input[str]
    placement: VpcPlacement
    zone_ids: Mapping[str, pulumi.Input[str]]
    protect: bool = False

    def __post_init__(self) -> None:
        found = list[str]()
        if len(self.zone_ids) != DEDICATED_ZONES or len(self.placement.subnet_ids) != DEDICATED_ZONES:
            found.append(
                f"zone_ids has {len(self.zone_ids)} and placement.subnet_ids {len(self.placement.subnet_ids)}; "
                f"a dedicated cluster's network needs {DEDICATED_ZONES} of each"
            )
        for name in self.zone_ids:
            if not re.fullmatch(rf"{re.escape(self.placement.region)}[a-z]", name):
                found.append(f"zone_ids has the name {name!r}; set one like {self.placement.region}a")
        known = [id_ for id_ in self.zone_ids.values() if isinstance(id_, str)]
        if len(set(known)) < len(known):
            found.append(f"zone_ids repeats one of {', '.join(known)}; each zone has its own")
        for id_ in known:
            if not ZONE_ID.fullmatch(id_):
                found.append(f"zone_ids has {id_!r}; set one like use1-az4 (aws.get_availability_zone_output)")
        if found:
            raise ValueError("; ".join(found))


class DedicatedIngress(pulumi.ComponentResource):
    """Confluent's network for a dedicated cluster, the VPC's access to it, the endpoint in the VPC and private DNS.

    A broker answers only in its zone, and its name contains the zone: each zone has its own wildcard record.
    """

    network_id: pulumi.Output[str]
    """For `KafkaCluster.network`; changing it replaces the cluster."""
    egress_gateway: EgressGateway
    """The gateway for the outbound traffic of this cluster's connectors."""
    ready: tuple[pulumi.Resource, ...]
    """What must exist before a private endpoint answers."""

    def __init__(self, name: str, args: DedicatedIngressArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:confluent:DedicatedIngress", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        network = self._network()
        access = confluent.PrivateLinkAccess(
            f"{name}-access",
            display_name=name,
            aws=confluent.PrivateLinkAccessAwsArgs(account=args.account_id),
            environment=confluent.PrivateLinkAccessEnvironmentArgs(id=args.environment_id),
            network=confluent.PrivateLinkAccessNetworkArgs(id=network.id),
            opts=self._child,
        )
        endpoint = PrivateLinkEndpoint(
            f"{name}-door",
            PrivateLinkEndpointArgs(
                placement=args.placement,
                service_name=network.aws.apply(service_of_network),
                dns_domain=network.dns_domain,
                ports=PORTS,
                zone_labels=args.zone_ids,
                after=[access],
            ),
            opts=self._child,
        )
        self.network_id = network.id
        self.egress_gateway = self._egress_gateway(network)
        self.ready = (access, *endpoint.ready)
        self.register_outputs({"networkId": self.network_id})

    def _network(self) -> confluent.Network:
        return confluent.Network(
            f"{self._name}-network",
            display_name=self._name,
            cloud=CLOUD,
            region=self._args.placement.region,
            connection_types=["PRIVATELINK"],
            zones=list(self._args.zone_ids.values()),
            # PRIVATE: only the VPC's hosted zone resolves the names; CHASED_PRIVATE would ask public DNS first.
            dns_config=confluent.NetworkDnsConfigArgs(resolution="PRIVATE"),
            environment=confluent.NetworkEnvironmentArgs(id=self._args.environment_id),
            opts=ResourceOptions(parent=self, protect=self._args.protect or None),
        )

    def _egress_gateway(self, network: confluent.Network) -> EgressGateway:
        gateway_id = network.gateways.apply(gateway_of_network)
        environment = pulumi.Output.from_input(self._args.environment_id)
        found = confluent.get_gateway_output(
            id=gateway_id,
            environment=environment.apply(lambda id: confluent.GetGatewayEnvironmentArgs(id=id)),
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return EgressGateway(
            id=gateway_id,
            principal_arn=found.aws_egress_private_link_gateways.apply(principal_of_network),
        )


def service_of_attachment(blocks: Sequence[confluent.outputs.PrivateLinkAttachmentAw]) -> str:
    return reported(blocks[0].vpc_endpoint_service_name if blocks else None, "endpoint service of the attachment")


def service_of_network(blocks: Sequence[confluent.outputs.NetworkAw]) -> str:
    return reported(blocks[0].private_link_endpoint_service if blocks else None, "endpoint service of the network")


def gateway_of_network(blocks: Sequence[confluent.outputs.NetworkGateway]) -> str:
    return reported(blocks[0].id if blocks else None, "gateway of the network")


def principal_of_network(blocks: Sequence[confluent.outputs.GetGatewayAwsEgressPrivateLinkGatewayResult]) -> str:
    return reported(blocks[0].principal_arn if blocks else None, "egress principal of the network's gateway")


def reported(value: str | None, what: str) -> str:
    if not value:
        raise RuntimeError(
            f"Confluent Cloud reported no {what}; look at its state in the console, then `pulumi refresh`"
        )
    return value
