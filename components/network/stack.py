"""NetworkStack: the VPC with three tiers of subnets, routes, endpoints, and Confluent's prefix list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from ..alarms import Alarm
from ..aws_context import AwsContext
from . import layout
from .alarms import nat_alarm
from .egress import checked_prefixes, given_prefix_problems
from .endpoints import make_interface_endpoints, make_s3_endpoint
from .flow_logs import make_flow_logs
from .routing import Nat, RouteTable, make_nat, make_route_table
from .settings import NetworkSettings

# Kubernetes finds the subnets for internet-facing and internal load balancers by these tags.
INTERNET_FACING = {"kubernetes.io/role/elb": "1"}
INTERNAL = {"kubernetes.io/role/internal-elb": "1"}

Subnets = dict[str, aws.ec2.Subnet]
"""One subnet per zone, by the zone's letter, in the order of the zones."""


@dataclass(frozen=True, kw_only=True)
class NetworkStackArgs:
    """`confluent_prefixes`: see `egress.confluent_egress_prefixes`."""

    context: AwsContext
    confluent_prefixes: pulumi.Input[Sequence[str]]
    settings: NetworkSettings = NetworkSettings()

    def __post_init__(self) -> None:
        if found := given_prefix_problems(self.confluent_prefixes, self.settings.confluent_prefix_quota):
            raise ValueError("; ".join(found))


class NetworkStack(pulumi.ComponentResource):
    """VPC, subnets (components/network/layout.py), NAT, routes, endpoints, flow logs, Confluent's prefix list.

    Nothing gets a public address automatically and the default security group allows nothing: each reachable resource
    needs a security group. Lists of subnets are in the order of the zones.
    """

    vpc_id: pulumi.Output[str]
    cidr: str
    zones: list[str]
    public_subnet_ids: list[pulumi.Output[str]]
    app_subnet_ids: list[pulumi.Output[str]]
    data_subnet_ids: list[pulumi.Output[str]]
    nat_addresses: list[pulumi.Output[str]]
    """The public IPv4 address of each NAT gateway, the source of all outbound traffic of the VPC."""
    confluent_prefix_list_id: pulumi.Output[str]
    alarms: tuple[Alarm, ...]
    internet_ready: tuple[pulumi.Resource, ...]
    """For `depends_on` of resources that need the internet at boot."""

    def __init__(self, name: str, args: NetworkStackArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:network:NetworkStack", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self.cidr = args.settings.cidr
        self.zones = [f"{args.context.region}{letter}" for letter in args.settings.availability_zones]
        self.vpc_id = self._vpc().id
        zones = layout.subnets(self.cidr, args.settings.availability_zones)
        public = self._subnets("public", {zone.zone: zone.public for zone in zones}, INTERNET_FACING)
        app = self._subnets("app", {zone.zone: zone.app for zone in zones}, INTERNAL)
        data = self._subnets("data", {zone.zone: zone.data for zone in zones}, {})
        self.public_subnet_ids, self.app_subnet_ids, self.data_subnet_ids = map(_ids, (public, app, data))

        internet = aws.ec2.InternetGateway(
            f"{name}-internet", vpc_id=self.vpc_id, tags={"Name": name}, opts=self._child
        )
        nats = self._nats(public, internet)
        route_tables = [*self._private_route_tables(app, nats), *self._private_route_tables(data, nats)]
        s3 = self._endpoints([table.table_id for table in route_tables])
        route_tables.append(self._route_table(f"{name}-public", list(public.values()), internet))
        self.nat_addresses = [nat.address.public_ip for nat in nats.values()]
        self.alarms = tuple(nat_alarm(letter, nat.gateway.id) for letter, nat in nats.items())
        # Includes the S3 endpoint: creating it breaks open connections to S3.
        self.internet_ready = (s3, *dict.fromkeys(one for table in route_tables for one in table.ready))

        self.confluent_prefix_list_id = self._confluent_prefix_list().id
        make_flow_logs(name, vpc_id=self.vpc_id, context=args.context, parent=self)
        self.register_outputs({"vpcId": self.vpc_id, "natAddresses": self.nat_addresses})

    def _vpc(self) -> aws.ec2.Vpc:
        vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=self.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": self._name},
            opts=self._child,
        )
        # Empty, not absent: this removes rules that somebody adds by hand.
        aws.ec2.DefaultSecurityGroup(f"{self._name}-default", vpc_id=vpc.id, ingress=[], egress=[], opts=self._child)
        return vpc

    def _subnets(self, tier: str, cidrs: Mapping[str, str], tags: Mapping[str, str]) -> Subnets:

        def make(zone: str, cidr: str) -> aws.ec2.Subnet:
            name = f"{self._name}-{tier}-{zone}"
            return aws.ec2.Subnet(
                name,
                vpc_id=self.vpc_id,
                availability_zone=f"{self._args.context.region}{zone}",
                cidr_block=cidr,
                map_public_ip_on_launch=False,
                tags={"Name": name, **tags},
                opts=self._child,
            )

        return {zone: make(zone, cidr) for zone, cidr in cidrs.items()}

    def _nats(self, public: Subnets, internet: aws.ec2.InternetGateway) -> dict[str, Nat]:
        """One per public subnet, or only one in the first, by the zone's letter."""
        homes = list(public)[: 1 if self._args.settings.nat == "single" else None]
        return {
            letter: make_nat(f"{self._name}-nat-{letter}", subnet=public[letter], internet=internet, parent=self)
            for letter in homes
        }

    def _route_table(
        self, name: str, subnets: Sequence[aws.ec2.Subnet], through: aws.ec2.InternetGateway | aws.ec2.NatGateway
    ) -> RouteTable:
        return make_route_table(name, vpc_id=self.vpc_id, subnets=subnets, through=through, parent=self)

    def _private_route_tables(self, subnets: Subnets, nats: Mapping[str, Nat]) -> list[RouteTable]:
        """A route table per subnet, so that each uses its own zone's NAT gateway if there is one."""
        shared = next(iter(nats.values()))
        return [
            self._route_table(subnet.pulumi_resource_name, [subnet], nats.get(letter, shared).gateway)
            for letter, subnet in subnets.items()
        ]

    def _endpoints(self, private_tables: Sequence[pulumi.Input[str]]) -> aws.ec2.VpcEndpoint:
        region = self._args.context.region
        if self._args.settings.interface_endpoints:
            make_interface_endpoints(
                self._name,
                vpc_id=self.vpc_id,
                cidr=self.cidr,
                region=region,
                subnet_ids=self.app_subnet_ids,
                parent=self,
            )
        return make_s3_endpoint(
            self._name, vpc_id=self.vpc_id, region=region, route_table_ids=private_tables, parent=self
        )

    def _confluent_prefix_list(self) -> aws.ec2.ManagedPrefixList:
        quota = self._args.settings.confluent_prefix_quota
        prefixes = pulumi.Output.from_input(self._args.confluent_prefixes)
        name = f"{self._name}-confluent-egress"
        return aws.ec2.ManagedPrefixList(
            name,
            name=name,
            address_family="IPv4",
            max_entries=quota,
            entries=prefixes.apply(lambda found: _entries(checked_prefixes(found, quota))),
            tags={"Name": name},
            opts=self._child,
        )


def _ids(subnets: Subnets) -> list[pulumi.Output[str]]:
    return [subnet.id for subnet in subnets.values()]


def _entries(prefixes: Sequence[str]) -> list[aws.ec2.ManagedPrefixListEntryArgs]:
    return [
        aws.ec2.ManagedPrefixListEntryArgs(cidr=prefix, description="Confluent Cloud connectors") for prefix in prefixes
    ]
