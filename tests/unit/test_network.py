"""The network: what may come in, how what is inside gets out, and what is refused before anything is made."""

from __future__ import annotations

import functools
import itertools
import json
from ipaddress import IPv4Network
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.aws_context import RETENTION_DAYS, AwsContext
from components.network import layout, security
from components.network.egress import checked_prefixes, confluent_egress_prefixes, prefix_problems
from components.network.endpoints import INTERFACE_SERVICES
from components.network.settings import NetworkSettings
from components.network.stack import NetworkStack, NetworkStackArgs
from plan.model import Resource
from stacks.aws import _usable
from tests.ids import arn_of, id_of
from tests.unit import arguments as builder
from tests.unit.mocks import Mocks
from tests.unit.recording import needs, record_component

NAME = "fraud-dev-network"
ZONES = ("a", "b", "c")
LETTERS = "abc"
PREFIXES = ("192.0.2.10/32", "198.51.100.0/24")
Made = dict[str, Resource]


def arguments(**change: Any) -> NetworkStackArgs:
    usual: dict[str, Any] = {
        "availability_zones": ZONES,
    }
    prefixes = change.pop("confluent_prefixes", PREFIXES)
    return builder.arguments(NetworkStackArgs, NetworkSettings, confluent_prefixes=prefixes, **usual | change)


@functools.cache
def made(*, preview: bool = False, **change: Any) -> Made:
    """Resources by their names without the component's."""
    found = record_component(lambda: NetworkStack(NAME, arguments(**change)), preview=preview)
    return {name.removeprefix(f"{NAME}-"): resource for name, resource in found.items()}


def of(found: Made, kind: str) -> Made:
    return {name: resource for name, resource in found.items() if resource.type.endswith(f":{kind}")}


def inputs(resource: Resource, *keys: str) -> tuple[Any, ...]:
    return tuple(resource.inputs.get(key) for key in keys)


@functools.cache
def ready(**change: Any) -> tuple[frozenset[str], Made]:
    """What something that depends on `internet_ready` waits for, and everything that was made."""

    def build() -> None:
        network = NetworkStack(NAME, arguments(**change))
        aws.ec2.InternetGateway("host", opts=pulumi.ResourceOptions(depends_on=list(network.internet_ready)))

    found = record_component(build)
    return frozenset(needs(found["host"])), found


# The address plan --------------------------------------------------------------------------------------------------


def _ends(networks: list[IPv4Network]) -> tuple[IPv4Network, IPv4Network]:
    return networks[0], networks[-1]


def plans() -> list[tuple[str, tuple[str, ...]]]:
    """Every size of VPC at both ends of each private range, with every choice of zones."""
    networks = [
        str(network)
        for private in layout.PRIVATE
        for prefix in (16, 17, 18)
        for network in {*_ends(list(private.subnets(new_prefix=prefix)))}
        if not network.subnet_of(layout.DOCKER)
    ]
    choices = [zones for count in (2, 3, 4) for zones in itertools.combinations(layout.LETTERS, count)]
    return [
        (cidr, zones) for cidr, zones in itertools.product(networks, choices) if not list(layout.problems(cidr, zones))
    ]


def test_subnets_of_every_allowed_plan_are_inside_and_apart() -> None:
    tried = plans()
    assert len(tried) > 1000, "the plans that are tried shrank: does `problems` refuse good ones?"
    for cidr, zones in tried:
        found = layout.subnets(cidr, zones)
        networks = sorted(IPv4Network(text) for zone in found for text in (zone.public, zone.app, zone.data))
        assert all(network.subnet_of(IPv4Network(cidr)) for network in networks), f"{cidr} {zones}: outside"
        apart = all(one.broadcast_address < two.network_address for one, two in itertools.pairwise(networks))
        assert apart, f"{cidr} {zones}: {networks} overlap"
        assert [zone.zone for zone in found] == list(zones)
        sizes = {tuple(IPv4Network(text).prefixlen for text in (z.public, z.app, z.data)) for z in found}
        assert sizes == {(24, 20, 24)}


def test_a_zone_that_comes_goes_or_moves_changes_no_other_subnet() -> None:
    all_of = {zone.zone: zone for zone in layout.subnets("10.0.0.0/16", layout.LETTERS)}
    for zones in itertools.permutations(all_of, 3):
        assert layout.subnets("10.0.0.0/16", zones) == tuple(all_of[zone] for zone in zones)


def test_the_layout_is_the_documented_one() -> None:
    """A different layout would replace every subnet of a running stack."""
    first, third = layout.subnets("10.20.0.0/16", ("a", "c"))
    assert (first.public, first.app, first.data) == ("10.20.0.0/24", "10.20.16.0/20", "10.20.8.0/24")
    assert (third.public, third.app, third.data) == ("10.20.2.0/24", "10.20.48.0/20", "10.20.10.0/24")


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("", "an IPv4 network such as 10.0.0.0/16"), ("ten", "an IPv4 network"), ("10.0.0.0/33", "an IPv4 network"),
        ("10.0.0/16", "an IPv4 network"), ("10.0.0.256/16", "an IPv4 network"), ("fd00::/16", "an IPv4 network"),
        ("10.0.0.0/-1", "an IPv4 network"), (" 10.0.0.0/16", "an IPv4 network"), ("010.0.0.0/16", "an IPv4 network"),
        ("10.0.0.0/16/16", "an IPv4 network"),
        ("10.0.0.1/16", "10.0.0.0/16, which"), ("10.0.128.0/16", "10.0.0.0/16, which"),
        ("10.0.0.0/255.255.0.0", "10.0.0.0/16, which"), ("10.0.0.0/016", "10.0.0.0/16, which"),
        ("10.0.0.0", "a network of /16 to /18"), ("10.0.0.0/19", "a network of /16 to /18"),
        ("10.0.0.0/8", "a network of /16 to /18"), ("0.0.0.0/0", "a network of /16 to /18"),
        ("8.8.0.0/16", "a private network"), ("172.32.0.0/16", "a private network"),
        ("172.15.0.0/16", "a private network"), ("192.167.0.0/16", "a private network"),
        ("100.64.0.0/16", "a private network"), ("169.254.0.0/16", "a private network"),
        ("172.17.0.0/16", "apart from 172.17.0.0/16"), ("172.17.64.0/18", "apart from 172.17.0.0/16"),
    ],
)  # fmt: skip
def test_a_bad_range_is_refused_with_its_fix(cidr: str, message: str) -> None:
    found = list(layout.problems(cidr, ZONES))
    assert any(message in problem.allowed for problem in found), f"{cidr!r} gave {found}"
    assert {(problem.field, problem.value) for problem in found} == {("cidr", cidr)}


@pytest.mark.parametrize("zones", [(), ("a",), tuple("abcde")])
def test_too_few_and_too_many_zones_are_refused(zones: tuple[str, ...]) -> None:
    (found,) = layout.problems("10.0.0.0/16", zones)
    assert found.field == "availability_zones" and "2 to 4 letters" in found.allowed


@pytest.mark.parametrize(
    "zones", [("a", "a"), ("a", "g"), ("a", ""), ("a", "A"), ("a", "b\n"), ("a", "us-east-1b"), "us"]
)
def test_zones_are_different_letters(zones: Any) -> None:
    with pytest.raises(ValueError, match=r"availability_zones\n.*different values out of a, b, c, d, e, f"):
        NetworkSettings(availability_zones=zones)


@pytest.mark.parametrize(("cidr", "last"), [("10.0.0.0/16", "h"), ("10.0.0.0/17", "g"), ("10.0.0.0/18", "c")])
def test_a_zone_without_room_is_refused(cidr: str, last: str) -> None:
    for letter in layout.LETTERS[1:]:
        found = list(layout.problems(cidr, ("a", letter)))
        assert bool(found) == (letter > last), f"{cidr} zone {letter}: {found}"
    if last == "c":
        (found,) = layout.problems(cidr, ("a", "d"))
        assert found.allowed == "a network with room for zone d, /17 or larger, or other zones"


def test_every_problem_of_the_settings_is_in_one_error() -> None:
    with pytest.raises(ValueError, match="3 validation errors") as caught:
        NetworkSettings(availability_zones=("a", "z"), nat="none", confluent_prefix_quota=0)
    for part in ("availability_zones\n", "nat\n", "confluent_prefix_quota\n"):
        assert part in str(caught.value), f"the error does not mention {part}"
    with pytest.raises(ValueError, match=r"availability_zones is .*; cidr is '10.0.0.0/24'; allowed: a network of /16"):
        NetworkSettings(availability_zones=("a",), cidr="10.0.0.0/24")


@pytest.mark.parametrize("quota", [-1, 0, 1001])
def test_a_quota_that_aws_does_not_have_is_refused(quota: int) -> None:
    with pytest.raises(ValueError, match=r"confluent_prefix_quota\n.*a whole number from 1 to 1000"):
        arguments(confluent_prefix_quota=quota)


def test_a_retention_is_one_that_cloudwatch_knows() -> None:
    for days in range(-1, 4000):
        if days in RETENTION_DAYS:
            AwsContext(region="r", account_id="1", kms_key_arn="k", log_retention_days=days)
            continue
        with pytest.raises(ValueError, match=f"log_retention_days is {days}; set it to one of 1, 3"):
            AwsContext(region="r", account_id="1", kms_key_arn="k", log_retention_days=days)
    assert 0 not in RETENTION_DAYS, "0 keeps logs for ever"


# What is made ------------------------------------------------------------------------------------------------------


def test_the_network_is_the_same_in_preview_and_valid_in_both() -> None:
    for change in ({}, {"nat": "single", "interface_endpoints": True}):
        assert set(made(**change)) == set(made(preview=True, **change))


def test_everything_belongs_to_the_component() -> None:
    for name, resource in made(interface_endpoints=True).items():
        assert resource.type == "fraud:network:NetworkStack" or resource.parent, f"{name} has no parent"


def test_the_vpc_resolves_names_and_its_default_group_allows_nothing() -> None:
    found = made()
    assert inputs(found["vpc"], "cidrBlock", "enableDnsSupport", "enableDnsHostnames") == ("10.0.0.0/16", True, True)
    group = found["default"]
    assert inputs(group, "ingress", "egress") == ([], []), "absent would leave rules that somebody adds"
    assert group.type == "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
    assert needs(group) == {f"{NAME}-vpc"}


def test_each_zone_has_its_three_subnets_and_none_gives_public_addresses() -> None:
    subnets = of(made(), "Subnet")
    plan = {zone.zone: zone for zone in layout.subnets("10.0.0.0/16", ZONES)}
    assert set(subnets) == {f"{tier}-{letter}" for tier in ("public", "app", "data") for letter in LETTERS}
    for name, subnet in subnets.items():
        tier, letter = name.split("-")
        assert subnet.inputs["mapPublicIpOnLaunch"] is False, f"{name} gives out public addresses"
        assert inputs(subnet, "availabilityZone", "cidrBlock") == (f"us-east-1{letter}", getattr(plan[letter], tier))
        assert needs(subnet) == {f"{NAME}-vpc"}


def test_kubernetes_finds_the_subnets_of_its_load_balancers() -> None:
    for name, subnet in of(made(), "Subnet").items():
        roles = {key: value for key, value in subnet.inputs["tags"].items() if key != "Name"}
        expected = {"public": {"kubernetes.io/role/elb": "1"}, "app": {"kubernetes.io/role/internal-elb": "1"}}
        assert roles == expected.get(name.split("-")[0], {}), f"{name} has the wrong tags"


def test_an_added_zone_changes_nothing_that_is_there() -> None:
    for nat in ("single", "per-zone"):
        before, after = made(nat=nat), made(nat=nat, availability_zones=(*ZONES, "d"))
        changed = {name for name in before if before[name].inputs != after[name].inputs}
        assert changed == {"s3"}, f"{changed} change with a fourth zone; only the S3 endpoint's route tables should"


def routes_of(found: Made, subnet: str) -> list[tuple[str, str | None, str | None]]:
    """Destination, internet gateway and NAT gateway of a subnet's routes."""
    (link,) = [a for a in of(found, "RouteTableAssociation").values() if a.inputs["subnetId"] == id_of(found[subnet])]
    routes = [r for r in of(found, "Route").values() if r.inputs["routeTableId"] == link.inputs["routeTableId"]]
    return [inputs(route, "destinationCidrBlock", "gatewayId", "natGatewayId") for route in routes]


@pytest.mark.parametrize(
    ("nat", "homes"), [("per-zone", {"a": "a", "b": "b", "c": "c"}), ("single", dict.fromkeys(LETTERS, "a"))]
)
def test_private_subnets_go_out_through_nat_and_public_ones_directly(nat: str, homes: dict[str, str]) -> None:
    found = made(nat=nat)
    for letter, home in homes.items():
        assert routes_of(found, f"public-{letter}") == [("0.0.0.0/0", id_of(found["internet"]), None)]
        for tier in ("app", "data"):
            expected = [("0.0.0.0/0", None, id_of(found[f"nat-{home}"]))]
            assert routes_of(found, f"{tier}-{letter}") == expected, f"{tier}-{letter} must go out through {home}"


@pytest.mark.parametrize(("nat", "homes"), [("per-zone", "abc"), ("single", "a")])
def test_each_nat_gateway_is_public_in_its_zone_and_comes_after_the_internet_gateway(nat: str, homes: str) -> None:
    found = made(nat=nat)
    assert set(of(found, "NatGateway")) == {f"nat-{home}" for home in homes}
    assert set(of(found, "Eip")) == {f"nat-{home}-address" for home in homes}
    for home in homes:
        gateway = found[f"nat-{home}"]
        assert needs(gateway) == {f"{NAME}-{x}" for x in ("internet", f"public-{home}", f"nat-{home}-address")}
        assert inputs(gateway, "subnetId", "connectivityType") == (id_of(found[f"public-{home}"]), "public")
        assert gateway.options["deleteBeforeReplace"], "two gateways cannot hold one address"
        assert found[f"nat-{home}-address"].inputs["domain"] == "vpc"


def test_each_private_subnet_has_a_route_table_of_its_own() -> None:
    tables = [link.inputs["routeTableId"] for link in of(made(), "RouteTableAssociation").values()]
    assert len(tables) == 9
    assert len(set(tables)) == 7, "six private ones and one for the public subnets"


@pytest.mark.parametrize("nat", ["per-zone", "single"])
def test_what_boots_with_the_internet_waits_for_the_whole_way_out(nat: str) -> None:
    waits, found = ready(nat=nat)
    kinds = ("NatGateway", "InternetGateway", "Route", "RouteTableAssociation")
    expected = {name for kind in kinds for name in of(found, kind) if name != "host"} | {f"{NAME}-s3"}
    assert waits == expected, "internet_ready must hold each part of the way out, and no more"


def test_s3_is_reached_past_the_nat_from_every_private_subnet() -> None:
    found = made()
    s3 = found["s3"]
    assert inputs(s3, "vpcEndpointType", "serviceName") == ("Gateway", "com.amazonaws.us-east-1.s3")
    tables = {id_of(found[f"{tier}-{letter}-routes"]) for tier in ("app", "data") for letter in LETTERS}
    assert set(s3.inputs["routeTableIds"]) == tables
    assert set(of(found, "VpcEndpoint")) == {"s3"}, "interface endpoints cost money: only when asked for"
    assert not of(found, "SecurityGroup")


def test_interface_endpoints_answer_the_vpc_alone_over_https() -> None:
    found = made(interface_endpoints=True, cidr="10.9.0.0/16")
    made_for = {e.inputs["serviceName"]: e for e in of(found, "VpcEndpoint").values() if "subnetIds" in e.inputs}
    services = ("ssm", "ssmmessages", "secretsmanager", "ecr.api", "ecr.dkr", "logs", "sts")
    assert services == INTERFACE_SERVICES
    assert set(made_for) == {f"com.amazonaws.us-east-1.{service}" for service in services}
    for service, endpoint in made_for.items():
        assert inputs(endpoint, "vpcEndpointType", "privateDnsEnabled") == ("Interface", True), service
        assert endpoint.inputs["securityGroupIds"] == [id_of(found["endpoints"])], service
        assert endpoint.inputs["subnetIds"] == [id_of(found[f"app-{letter}"]) for letter in LETTERS], service
        assert f"{NAME}-endpoints-https" in needs(endpoint), f"{service} would refuse everybody for a moment"
    (rule,) = of(found, "SecurityGroupIngressRule").values()
    keys = ("cidrIpv4", "ipProtocol", "fromPort", "toPort", "securityGroupId")
    assert inputs(rule, *keys) == ("10.9.0.0/16", "tcp", 443, 443, id_of(found["endpoints"]))
    assert rule.inputs["description"]
    assert not of(found, "SecurityGroupEgressRule"), "an endpoint calls nobody"


# Flow logs ---------------------------------------------------------------------------------------------------------


def test_flow_logs_record_all_traffic_into_an_encrypted_group_that_expires() -> None:
    found = made(log_retention_days=90)
    log, group = found["flow-logs"], found["flow-logs-group"]
    assert inputs(log, "trafficType", "logDestinationType", "vpcId") == ("ALL", "cloud-watch-logs", id_of(found["vpc"]))
    assert inputs(log, "logDestination", "iamRoleArn") == (arn_of(group), arn_of(found["flow-logs-role"]))
    assert inputs(group, "kmsKeyId", "retentionInDays") == (builder.KEY, 90)
    assert f"{NAME}-flow-logs-policy" in needs(log), "the first hours would be missing without its rights"
    assert log.options["deleteBeforeReplace"], "AWS refuses a second flow log to one group"


def test_only_flow_logs_of_this_account_take_the_role() -> None:
    (statement,) = json.loads(made()["flow-logs-role"].inputs["assumeRolePolicy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnLike": {"aws:SourceArn": "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/*"},
        },
    }


def test_the_role_of_the_flow_logs_writes_to_their_group_alone() -> None:
    found = made()
    policy = found["flow-logs-policy"]
    statement, listing = json.loads(policy.inputs["policy"])["Statement"]
    assert set(statement["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"}
    assert listing["Action"] == "logs:DescribeLogGroups", "of all groups, only the list"
    assert listing["Resource"] == "arn:aws:logs:us-east-1:123456789012:log-group:*"
    assert statement["Resource"] == arn_of(found["flow-logs-group"]) + ":*"
    assert policy.inputs["role"] == id_of(found["flow-logs-role"]), "a role's id is its name"


# Confluent's addresses ---------------------------------------------------------------------------------------------


def test_the_prefix_list_holds_confluents_addresses_once_each() -> None:
    prefixes = ("198.51.100.7/32", "192.0.2.10/32", "198.51.100.6/32", "192.0.2.10/32")
    found = made(confluent_prefixes=prefixes, confluent_prefix_quota=20)["confluent-egress"]
    assert inputs(found, "addressFamily", "maxEntries") == ("IPv4", 20)
    assert [entry["cidr"] for entry in found.inputs["entries"]] == ["192.0.2.10/32", "198.51.100.6/31"]
    assert all(entry["description"] for entry in found.inputs["entries"])


def test_a_list_is_refused_in_mid_deploy_too() -> None:
    """What Confluent answers is known only then."""
    for prefixes in ([], ["10.0.0.1"]):
        with pytest.raises(ValueError, match="confluent_prefixes: "):
            record_component(
                lambda p=prefixes: NetworkStack(NAME, arguments(confluent_prefixes=pulumi.Output.from_input(p)))
            )


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        ((), "Confluent names no egress prefixes for this region; give those of"),
        (("192.0.2.10",), "'192.0.2.10': no IPv4 CIDR"), (("192.0.2.1/24",), "'192.0.2.1/24': no IPv4 CIDR"),
        (("2001:db8::/32",), "no IPv4 CIDR"), (("",), "'': no IPv4 CIDR"), (("192.0.2.0/33",), "no IPv4 CIDR"),
        (("192.0.2.0/255.255.255.0",), "no IPv4 CIDR"), (("a", "192.0.2.10/32", "b"), "'a', 'b': no IPv4 CIDR"),
        (("0.0.0.0/0",), "0.0.0.0/0: broader than a /16"), (("192.0.0.0/15",), "broader than a /16"),
        (tuple(f"192.0.2.{n}/32" for n in (1, 3, 5, 7)), "has 4 egress prefixes, more than confluent_prefix_quota 3"),
    ],
)  # fmt: skip
def test_a_bad_allow_list_is_refused_with_what_mends_it(prefixes: tuple[str, ...], message: str) -> None:
    (found,) = prefix_problems(prefixes, 3)
    assert message in found
    with pytest.raises(ValueError, match="confluent_prefixes: "):
        checked_prefixes(prefixes, 3)


def test_a_stack_is_told_the_setting_when_the_look_up_finds_nothing() -> None:
    with pytest.raises(pulumi.RunError, match="confluentEgressPrefixes: Confluent names no egress prefixes"):
        _usable([], 60)
    assert _usable(list(PREFIXES), 60) == list(PREFIXES)


def test_the_fewest_prefixes_are_the_same_addresses() -> None:
    prefixes = ["192.0.2.0/25", "192.0.2.128/25", "198.51.100.9/32", "198.51.100.0/24", "203.0.113.1/32"]
    assert checked_prefixes(prefixes, 3) == ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.1/32"]
    assert checked_prefixes(["192.0.0.0/16"], 1) == ["192.0.0.0/16"]


class Confluent(Mocks):
    """Answers the look-up of addresses, and keeps what was asked."""

    def __init__(self, prefixes: tuple[str, ...]) -> None:
        super().__init__()
        self.prefixes = prefixes
        self.asked: list[dict[str, Any]] = []

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        self.asked.append({"token": args.token, **args.args})
        return {"id": "x", "ipAddresses": [{"ipPrefix": prefix} for prefix in self.prefixes]}


def asked(region: str, override: tuple[str, ...], answer: tuple[str, ...]) -> tuple[list[str], list[dict[str, Any]]]:
    """The prefixes that come out, and the look-ups that were made."""
    confluent, found = Confluent(answer), []
    pulumi.runtime.set_mocks(confluent, project="fraud-detection", stack="test")
    pulumi.runtime.test(lambda: confluent_egress_prefixes(region, override).apply(found.append))()
    return found[0], confluent.asked


def test_confluent_is_asked_for_its_connectors_way_out_of_the_region() -> None:
    found, calls = asked("eu-west-1", (), PREFIXES)
    assert found == list(PREFIXES)
    wanted = {"clouds": ["AWS"], "regions": ["eu-west-1"], "services": ["CONNECT"], "addressTypes": ["EGRESS"]}
    assert calls == [{"token": "confluentcloud:index/getIpAddresses:getIpAddresses", "filter": wanted}]


def test_with_an_override_confluent_is_not_asked() -> None:
    assert asked("eu-west-1", ("203.0.113.0/28",), PREFIXES) == (["203.0.113.0/28"], [])


# As its users see it -----------------------------------------------------------------------------------------------


@pulumi.runtime.test
def test_the_outputs_are_in_the_order_of_the_zones(mocks: Mocks) -> Any:
    network = NetworkStack("n", arguments(availability_zones=("c", "a")))
    assert network.cidr == "10.0.0.0/16"

    def check(values: list[Any]) -> None:
        vpc, public, app, data, prefix_list = values
        assert vpc == "n-vpc-id"
        assert (public, app, data) == tuple([f"n-{t}-a-id", f"n-{t}-c-id"] for t in ("public", "app", "data"))
        assert prefix_list == "n-confluent-egress-id"

    subnets = (network.public_subnet_ids, network.app_subnet_ids, network.data_subnet_ids)
    return pulumi.Output.all(network.vpc_id, *subnets, network.confluent_prefix_list_id).apply(check)


@pytest.mark.parametrize(("nat", "homes"), [("per-zone", "abc"), ("single", "a")])
def test_the_addresses_are_those_of_the_nat_gateways(nat: str, homes: str) -> None:
    found: list[Any] = []

    def build() -> None:
        network = NetworkStack("n", arguments(nat=nat))
        pulumi.Output.all(*network.nat_addresses).apply(found.extend)

    record_component(build)
    assert len(set(found)) == len(homes)
    assert all(IPv4Network(address) for address in found)


@pytest.mark.parametrize("description", ["", "the app's pods", "é", "a" * 256])
def test_a_description_that_ec2_would_refuse_is_refused_before_the_deploy(description: str) -> None:
    opts = pulumi.ResourceOptions()
    with pytest.raises(ValueError, match="description of g is"):
        security.make_group("g", "vpc-1", description, opts)
    for allow in (security.allow_ingress, security.allow_egress):
        with pytest.raises(ValueError, match="description of g is"):
            allow(
                "g", group_id="sg-1", peer=security.Peer(cidr="10.0.0.0/8"), port=1, description=description, opts=opts
            )
