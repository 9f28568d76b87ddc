"""PrivateLinkEndpoint: a PrivateLink endpoint for a third-party service, with its private DNS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .ranges import PRIVATE, is_private, parse
from .security import Peer, allow_ingress, make_group

TTL_SECONDS = 60
FEWEST_SUBNETS = 2


@dataclass(frozen=True, kw_only=True)
class VpcPlacement:
    """Where to place an endpoint. Only `vpc_cidr` may use it; `subnet_ids` needs two or more, each in its own zone."""

    region: str
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: Sequence[pulumi.Input[str]]

    def __post_init__(self) -> None:
        found = _cidr_problems(self.vpc_cidr)
        if len(self.subnet_ids) < FEWEST_SUBNETS:
            found.append(
                f"subnet_ids has {len(self.subnet_ids)}; set one subnet in each of {FEWEST_SUBNETS} or more zones, so "
                "that the endpoint survives the loss of a zone"
            )
        if found:
            raise ValueError("; ".join(found))


def _cidr_problems(cidr: str) -> list[str]:
    network = parse(cidr)
    if network is None:
        return [f"vpc_cidr is {cidr!r}, which is not an IPv4 range; set it to the VPC's own, such as 10.0.0.0/16"]
    if is_private(network):
        return []
    return [f"vpc_cidr is {cidr!r}; set it to the VPC's own private range, within {', '.join(map(str, PRIVATE))}"]


@dataclass(frozen=True, kw_only=True)
class PrivateLinkEndpointArgs:
    """`ports` maps each port to the description of its security group rule.

    `zone_labels` maps zones to labels (`{"us-east-1a": "use1-az4"}`): names `*.<label>.<dns_domain>` resolve within
    that zone. The service accepts the endpoint once the resources in `after` exist.
    """

    placement: VpcPlacement
    service_name: pulumi.Input[str]
    dns_domain: pulumi.Input[str]
    ports: Mapping[int, str]
    zone_labels: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    after: Sequence[pulumi.Resource] = ()

    def __post_init__(self) -> None:
        if not self.ports:
            raise ValueError("ports is empty; name each port that the service listens on, with a description")


class PrivateLinkEndpoint(pulumi.ComponentResource):
    """An interface endpoint for the VPC only, and a private hosted zone that resolves every name to it."""

    endpoint_id: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...]
    """The endpoint and its names, which a caller must wait for."""

    def __init__(self, name: str, args: PrivateLinkEndpointArgs, opts: ResourceOptions | None = None) -> None:
        # The alias of the type's former name keeps existing endpoints from being replaced.
        former = ResourceOptions(aliases=[pulumi.Alias(type_="fraud:network:PrivateDoor")])
        super().__init__("fraud:network:PrivateLinkEndpoint", name, None, ResourceOptions.merge(opts, former))
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        endpoint = self._endpoint()
        self.endpoint_id = endpoint.id
        self.ready = (endpoint, *self._names(endpoint))
        self.register_outputs({"endpointId": self.endpoint_id})

    def _endpoint(self) -> aws.ec2.VpcEndpoint:
        place = self._args.placement
        # No egress rule: an endpoint only answers.
        group = make_group(f"{self._name}-group", place.vpc_id, f"PrivateLink endpoint of {self._name}", self._child)
        rules = [
            allow_ingress(
                f"{self._name}-{port}",
                group_id=group.id,
                peer=Peer(cidr=place.vpc_cidr),
                port=port,
                description=description,
                opts=self._child,
            )
            for port, description in self._args.ports.items()
        ]
        return aws.ec2.VpcEndpoint(
            f"{self._name}-endpoint",
            vpc_id=place.vpc_id,
            vpc_endpoint_type="Interface",
            service_name=self._args.service_name,
            subnet_ids=place.subnet_ids,
            security_group_ids=[group.id],
            # AWS has no private DNS for a third-party service; the hosted zone below has it.
            private_dns_enabled=False,
            tags={"Name": self._name},
            opts=ResourceOptions(parent=self, depends_on=[*rules, *self._args.after]),
        )

    def _names(self, endpoint: aws.ec2.VpcEndpoint) -> tuple[aws.route53.Record, ...]:
        domain, place = self._args.dns_domain, self._args.placement
        zone = aws.route53.Zone(
            f"{self._name}-zone",
            name=domain,
            comment=f"Leads to the PrivateLink endpoint of {self._name}",
            vpcs=[aws.route53.ZoneVpcArgs(vpc_id=place.vpc_id, vpc_region=place.region)],
            opts=self._child,
        )

        def record(kind: str, name: pulumi.Output[str], target: pulumi.Output[str]) -> aws.route53.Record:
            return aws.route53.Record(
                f"{self._name}-{kind}",
                zone_id=zone.id,
                name=name,
                type="CNAME",
                ttl=TTL_SECONDS,
                records=[target],
                opts=self._child,
            )

        def zonal_record(zone_name: str, label: pulumi.Input[str]) -> aws.route53.Record:
            name = pulumi.Output.concat("*.", label, ".", domain)
            return record(zone_name, name, target.apply(lambda regional: zonal_name(regional, zone_name)))

        target = endpoint.dns_entries.apply(regional_name)
        wildcard = record("wildcard", pulumi.Output.concat("*.", domain), target)
        return (wildcard, *(zonal_record(*item) for item in self._args.zone_labels.items()))


def regional_name(entries: Sequence[aws.ec2.outputs.VpcEndpointDnsEntry]) -> str:
    """The endpoint's name in all zones; AWS lists it before the zonal names."""
    if not entries or not entries[0].dns_name:
        raise RuntimeError("AWS reported no DNS name of the endpoint; look at its state in the VPC console")
    return entries[0].dns_name


def zonal_name(regional: str, zone: str) -> str:
    """The endpoint's name in one zone: `vpce-1-2.vpce-svc-3.…` -> `vpce-1-2-us-east-1a.vpce-svc-3.…` (Amazon VPC)."""
    label, dot, rest = regional.partition(".")
    return f"{label}-{zone}{dot}{rest}"
