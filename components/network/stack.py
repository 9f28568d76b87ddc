"""NetworkStack: the VPC with three tiers of subnets, its ways in and out, and the list of who may come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from ..log_groups import retention_problems
from . import layout
from .egress import checked_prefixes
from .endpoints import make_interface_endpoints, make_s3_endpoint
from .flow_logs import make_flow_logs
from .routing import Nat, RouteTable, make_nat, make_route_table

NatMode = Literal["single", "per-zone"]
PREFIX_QUOTA = 60
"""AWS's default quota of rules per security group, all of which a full list takes."""
MAX_PREFIX_QUOTA = 1000
"""Entries of a prefix list, and rules of all groups of one network interface (Amazon VPC quotas)."""
# The tags by which Kubernetes finds subnets for load balancers that face the internet, and for those that do not.
INTERNET_FACING = {"kubernetes.io/role/elb": "1"}
INTERNAL = {"kubernetes.io/role/internal-elb": "1"}

Subnets = dict[str, aws.ec2.Subnet]
"""One per zone, by the zone's letter, in the order of the zones."""


@dataclass(frozen=True, kw_only=True)
class NetworkStackArgs:
    """`availability_zones` are full names; a new one is best appended, as `single` puts its NAT into the first.

    `nat`: `single` costs one gateway and loses the way out with its zone; `per-zone` does not.
    `interface_endpoints`: seven AWS services without the NAT, about $153 a month in three zones.
    `confluent_prefixes`: see `egress.confluent_egress_prefixes`. `confluent_prefix_quota` is the size of the prefix
    list, and what every security-group rule with the list takes of AWS's quota of rules per group (60 by default).
    """

    account_id: pulumi.Input[str]
    region: str
    availability_zones: tuple[str, ...]
    confluent_prefixes: pulumi.Input[Sequence[str]]
    kms_key_arn: pulumi.Input[str]
    cidr: str = "10.0.0.0/16"
    nat: NatMode = "per-zone"
    interface_endpoints: bool = False
    confluent_prefix_quota: int = PREFIX_QUOTA
    log_retention_days: int = 30

    def __post_init__(self) -> None:
        found = layout.problems(self.cidr, self.availability_zones, self.region)
        if self.nat not in get_args(NatMode):
            found.append(f"nat is {self.nat!r}; set it to one of {', '.join(get_args(NatMode))}")
        if not 1 <= self.confluent_prefix_quota <= MAX_PREFIX_QUOTA:
            found.append(f"confluent_prefix_quota is {self.confluent_prefix_quota}; set it to 1 to {MAX_PREFIX_QUOTA}")
        found += retention_problems(self.log_retention_days)
        if found:
            raise ValueError("; ".join(found))


class NetworkStack(pulumi.ComponentResource):
    """VPC, subnets (components/network/layout.py), NAT, routes, endpoints, flow logs, Confluent's prefix list.

    Nothing gets a public address by itself and the default security group allows nothing: what is to be reached needs
    a security group of its own. Lists of subnets are in the order of `availability_zones`.
    """

    vpc_id: pulumi.Output[str]
    cidr: str
    public_subnet_ids: list[pulumi.Output[str]]
    app_subnet_ids: list[pulumi.Output[str]]
    data_subnet_ids: list[pulumi.Output[str]]
    nat_addresses: list[pulumi.Output[str]]
    """Public IPv4 addresses, one per NAT gateway, from which everything in the VPC calls out."""
    confluent_prefix_list_id: pulumi.Output[str]
    internet_ready: tuple[pulumi.Resource, ...]
    """What must exist before the internet can be reached: goes into `depends_on` of what needs it at boot."""

    def __init__(self, name: str, args: NetworkStackArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:network:NetworkStack", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self.cidr = args.cidr
        self.vpc_id = self._vpc().id
        zones = layout.subnets(args.cidr, args.availability_zones)
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
        # The S3 endpoint too: its creation breaks off open connections to S3.
        self.internet_ready = (s3, *dict.fromkeys(part for table in route_tables for part in table.parts))

        self.confluent_prefix_list_id = self._confluent_prefix_list().id
        self._flow_logs()
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
        # Empty, not absent: a rule that somebody adds by hand is taken away again.
        aws.ec2.DefaultSecurityGroup(f"{self._name}-default", vpc_id=vpc.id, ingress=[], egress=[], opts=self._child)
        return vpc

    def _subnets(self, tier: str, cidrs: Mapping[str, str], tags: Mapping[str, str]) -> Subnets:
        """A subnet in each zone, with that zone's CIDR."""

        def make(zone: str, cidr: str) -> aws.ec2.Subnet:
            name = f"{self._name}-{tier}-{zone[-1]}"
            return aws.ec2.Subnet(
                name,
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=cidr,
                map_public_ip_on_launch=False,
                tags={"Name": name, **tags},
                opts=self._child,
            )

        return {zone[-1]: make(zone, cidr) for zone, cidr in cidrs.items()}

    def _nats(self, public: Subnets, internet: aws.ec2.InternetGateway) -> dict[str, Nat]:
        """One in each public subnet, or one in the first alone, by the zone's letter."""
        homes = list(public)[: 1 if self._args.nat == "single" else None]
        return {
            letter: make_nat(f"{self._name}-nat-{letter}", subnet=public[letter], internet=internet, parent=self)
            for letter in homes
        }

    def _route_table(
        self, name: str, subnets: Sequence[aws.ec2.Subnet], through: aws.ec2.InternetGateway | aws.ec2.NatGateway
    ) -> RouteTable:
        return make_route_table(name, vpc_id=self.vpc_id, subnets=subnets, through=through, parent=self)

    def _private_route_tables(self, subnets: Subnets, nats: Mapping[str, Nat]) -> list[RouteTable]:
        """A route table per subnet, so that each uses the NAT gateway of its own zone where there is one."""
        shared = next(iter(nats.values()))
        return [
            self._route_table(subnet.pulumi_resource_name, [subnet], nats.get(letter, shared).gateway)
            for letter, subnet in subnets.items()
        ]

    def _endpoints(self, private_tables: Sequence[pulumi.Input[str]]) -> aws.ec2.VpcEndpoint:
        region = self._args.region
        if self._args.interface_endpoints:
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
        quota = self._args.confluent_prefix_quota
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

    def _flow_logs(self) -> None:
        make_flow_logs(
            self._name,
            vpc_id=self.vpc_id,
            account_id=self._args.account_id,
            region=self._args.region,
            kms_key_arn=self._args.kms_key_arn,
            retention_days=self._args.log_retention_days,
            parent=self,
        )


def _ids(subnets: Subnets) -> list[pulumi.Output[str]]:
    return [subnet.id for subnet in subnets.values()]


def _entries(prefixes: Sequence[str]) -> list[aws.ec2.ManagedPrefixListEntryArgs]:
    return [
        aws.ec2.ManagedPrefixListEntryArgs(cidr=prefix, description="Confluent Cloud connectors") for prefix in prefixes
    ]
