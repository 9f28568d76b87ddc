"""Private networking with Confluent Cloud: access, names and order. tests/plan/test_private.py tests the stacks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi_confluentcloud import outputs

from components.confluent.private_egress import EgressGateway, PrivateEgress, PrivateEgressArgs, principal_of_gateway
from components.confluent.private_link import (
    DedicatedIngress,
    DedicatedIngressArgs,
    PrivateIngress,
    PrivateIngressArgs,
    gateway_of_network,
    principal_of_network,
    service_of_attachment,
    service_of_network,
)
from components.network.private_link_endpoint import PrivateLinkEndpointArgs, VpcPlacement, regional_name
from plan.aws_ids import long_id
from tests.plans import id_of
from tests.unit.recording import Recorded, needs, record_component

CIDR = "10.0.0.0/16"
SUBNETS = ["subnet-a", "subnet-b", "subnet-c"]
PLACEMENT: dict[str, Any] = {"region": "us-east-1", "vpc_id": "vpc-1", "vpc_cidr": CIDR, "subnet_ids": SUBNETS}
ZONE_IDS: dict[str, pulumi.Input[str]] = {"us-east-1a": "use1-az4", "us-east-1b": "use1-az6", "us-east-1c": "use1-az1"}
HOST = "oracle.fraud.internal"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/fraud-test-oracle/1"
EGRESS: dict[str, Any] = {
    "environment_id": "env-1",
    "region": "us-east-1",
    "host": HOST,
    "load_balancer_arn": BALANCER,
}


def placement(**change: Any) -> VpcPlacement:
    return VpcPlacement(**(PLACEMENT | change))


def dedicated_args(**change: Any) -> DedicatedIngressArgs:
    args = {"environment_id": "env-1", "account_id": "123456789012", "placement": placement(), "zone_ids": ZONE_IDS}
    return DedicatedIngressArgs(**(args | change))


def egress_args(**change: Any) -> PrivateEgressArgs:
    return PrivateEgressArgs(**(EGRESS | change))


@functools.cache
def ingress() -> Recorded:
    """The ingress of an enterprise cluster."""
    return record_component(
        lambda: PrivateIngress("in", PrivateIngressArgs(environment_id="env-1", placement=placement()))
    )


@functools.cache
def dedicated(*, protect: bool = False) -> Recorded:
    return record_component(lambda: DedicatedIngress("in", dedicated_args(protect=protect)))


@functools.cache
def egress() -> Recorded:
    return record_component(lambda: PrivateEgress("out", egress_args()).host)


def records(made: Recorded) -> dict[str, list[str]]:
    found = made.of_type(":Record")
    zone = id_of(made["in-door-zone"])
    assert all((one.inputs["type"], one.inputs["zoneId"]) == ("CNAME", zone) for one in found)
    return {one.inputs["name"]: one.inputs["records"] for one in found}


@pytest.mark.parametrize(("recorded", "service"), [(ingress, "in-attachment"), (dedicated, "in-network")])
def test_only_the_vpc_reaches_the_endpoint_on_two_ports(recorded: Callable[[], Recorded], service: str) -> None:
    made = recorded()
    group = id_of(made["in-door-group"])
    opened = {
        tuple(rule.inputs.get(key) for key in ("securityGroupId", "fromPort", "toPort", "ipProtocol", "cidrIpv4"))
        for rule in made.of_type(":SecurityGroupIngressRule")
    }
    assert opened == {(group, port, port, "tcp", CIDR) for port in (443, 9092)}, "HTTPS and Kafka, only from the VPC"
    assert not made.of_type("EgressRule"), "an endpoint only answers"
    endpoint = made["in-door-endpoint"]
    assert {key: endpoint.inputs[key] for key in endpoint.inputs if key != "tags"} == {
        "vpcEndpointType": "Interface",
        "vpcId": "vpc-1",
        "subnetIds": SUBNETS,
        "securityGroupIds": [group],  # otherwise AWS uses the VPC's default group
        "serviceName": f"com.amazonaws.vpce.us-east-1.{long_id('vpce-svc')(service, {})}",
        "privateDnsEnabled": False,  # AWS refuses private DNS for a service that has none
    }
    assert {"in-door-443", "in-door-9092"} <= needs(endpoint), "names resolve to it as soon as it exists"


def test_a_dedicated_network_is_private_in_the_given_zones_and_open_to_one_account() -> None:
    made = dedicated()
    network = made["in-network"].inputs
    assert network["region"] == "us-east-1" and network["connectionTypes"] == ["PRIVATELINK"]
    assert network["dnsConfig"] == {"resolution": "PRIVATE"}, "CHASED_PRIVATE needs public names, too"
    assert network["zones"] == list(ZONE_IDS.values()), "brokers must be in the endpoint's zones"
    access = made["in-access"].inputs
    assert access["aws"] == {"account": "123456789012"} and access["network"] == {"id": "n-in-network"}
    assert "in-access" in needs(made["in-door-endpoint"]), "Confluent refuses an earlier connection"


@pytest.mark.parametrize("protect", [True, False])
def test_only_the_clusters_network_is_protected(protect: bool) -> None:
    made = dedicated(protect=protect)
    assert [one.name for one in made.values() if one.options.get("protect")] == ["in-network"] * protect


@pytest.mark.parametrize("recorded", [ingress, dedicated, egress])
def test_every_confluent_resource_is_in_the_given_environment(recorded: Callable[[], Recorded]) -> None:
    made = {name: one for name, one in recorded().items() if one.type.startswith("confluentcloud:")}
    elsewhere = [name for name, one in made.items() if one.inputs.get("environment") != {"id": "env-1"}]
    assert made and not elsewhere, f"pass environment_id to {elsewhere}"


def test_the_attachment_registers_the_endpoint_and_every_name_resolves_to_it() -> None:
    made = ingress()
    attachment, connection = made["in-attachment"].inputs, made["in-connection"].inputs
    assert (attachment["cloud"], attachment["region"]) == ("AWS", "us-east-1")
    assert connection["aws"] == {"vpcEndpointId": id_of(made["in-door-endpoint"])}
    assert connection["privateLinkAttachment"] == {"id": "platt-in-attachment"}
    domain, zone = "us-east-1.aws.private.confluent.cloud", made["in-door-zone"].inputs
    assert zone["name"] == domain
    assert zone["vpcs"] == [{"vpcId": "vpc-1", "vpcRegion": "us-east-1"}], "without a VPC the zone is public"
    ((name, (target,)),) = records(made).items()
    assert name == f"*.{domain}"
    assert target.startswith(id_of(made["in-door-endpoint"]) + "-") and target.endswith(".vpce.amazonaws.com")


def test_brokers_of_a_dedicated_cluster_are_reached_in_their_zone() -> None:
    made = dedicated()
    domain, found = "pr123a.us-east-1.aws.confluent.cloud", records(made)
    endpoint, _, rest = found[f"*.{domain}"][0].partition(".")
    assert endpoint.startswith(id_of(made["in-door-endpoint"]))
    assert found == {
        f"*.{domain}": [f"{endpoint}.{rest}"],
        f"*.use1-az4.{domain}": [f"{endpoint}-us-east-1a.{rest}"],
        f"*.use1-az6.{domain}": [f"{endpoint}-us-east-1b.{rest}"],
        f"*.use1-az1.{domain}": [f"{endpoint}-us-east-1c.{rest}"],
    }, "a wildcard for the bootstrap and one per zone: the zone's id in the name, its name in the target"


# From Confluent's connectors to Oracle --------------------------------------------------------------------------------


def test_only_the_gateway_of_this_environment_may_connect_to_the_load_balancer() -> None:
    made = egress()
    assert made["out-gateway"].inputs["awsEgressPrivateLinkGateway"] == {"region": "us-east-1"}
    service = made["out-service"].inputs
    principal = "arn:aws:iam::210987654321:role/env-1-gw-out-gateway"
    assert service["allowedPrincipals"] == [principal], "only one principal may connect"
    assert service["networkLoadBalancerArns"] == [BALANCER]
    assert service["acceptanceRequired"] is False, "otherwise `pulumi up` continues with a pending access point"


def test_the_access_point_leads_to_the_service_and_the_name_to_the_access_point() -> None:
    made = egress()
    point, record = made["out-access-point"].inputs, made["out-record"].inputs
    assert point["awsEgressPrivateLinkEndpoint"] == {
        "vpcEndpointServiceName": f"com.amazonaws.vpce.us-east-1.{long_id('vpce-svc')('out-service', {})}",
        "enableHighAvailability": True,
    }
    assert record["privateLinkAccessPoint"] == {"id": "ap-out-access-point"}
    assert point["gateway"] == record["gateway"] == {"id": "gw-out-gateway"}
    assert record["domain"] == made.result == HOST


def test_an_existing_gateway_is_used() -> None:
    there = EgressGateway(id="gw-1", principal_arn="arn:aws:iam::1:role/of-gw-1")
    made = record_component(lambda: PrivateEgress("out", egress_args(gateway=there)))
    assert not made.of_type(":Gateway"), "an environment has one egress gateway per region"
    assert made["out-service"].inputs["allowedPrincipals"] == ["arn:aws:iam::1:role/of-gw-1"]
    assert made["out-access-point"].inputs["gateway"] == made["out-record"].inputs["gateway"] == {"id": "gw-1"}


def test_connectors_of_a_dedicated_cluster_use_its_networks_gateway() -> None:
    def build() -> pulumi.Output[Any]:
        network = DedicatedIngress("in", dedicated_args())
        gateway = network.egress_gateway
        return pulumi.Output.all(network.network_id, gateway.id, gateway.principal_arn)

    principal = "arn:aws:iam::210987654321:role/env-1-gw-in-network"
    assert record_component(build).result == ["n-in-network", "gw-in-network", principal]


# Refused --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpc_cidr": "0.0.0.0/0"}, r"vpc_cidr is '0\.0\.0\.0/0'; set it to the VPC's own private range"),
        ({"vpc_cidr": "10.0.0.1/16"}, r"vpc_cidr is '10\.0\.0\.1/16', which is not an IPv4 range"),
        ({"vpc_cidr": "10.0.0.0/7"}, r"vpc_cidr is '10\.0\.0\.0/7'; set it to the VPC's own private range"),
        ({"vpc_cidr": "52.0.0.0/16"}, "vpc_cidr is '52.0.0.0/16'; set it to the VPC's own private range"),
        ({"subnet_ids": ("subnet-a",)}, "subnet_ids has 1; set one subnet in each of 2 or more zones"),
        ({"subnet_ids": (), "vpc_cidr": "vpc"}, "vpc_cidr is 'vpc', which is not an IPv4 range; .*; subnet_ids has 0"),
    ],
)
def test_a_bad_placement_names_field_value_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        placement(**change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zone_ids": {"us-east-1a": "use1-az4"}}, "zone_ids has 1 and placement.subnet_ids 3; .* needs 3 of each"),
        ({"placement": placement(subnet_ids=SUBNETS[:2])}, "zone_ids has 3 and placement.subnet_ids 2"),
        ({"zone_ids": ZONE_IDS | {"us-east-1b": "use1-az4"}}, "zone_ids repeats one of .*; each zone has its own"),
        ({"zone_ids": {"eu-west-1a": "euw1-az1"}}, "zone_ids has the name 'eu-west-1a'; set one like us-east-1a"),
        ({"zone_ids": ZONE_IDS | {"us-east-1b": "us-east-1b"}}, "zone_ids has 'us-east-1b'; set one like use1-az4"),
    ],
)
def test_bad_zones_of_a_dedicated_network_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dedicated_args(**change)


@pytest.mark.parametrize(
    "host", ["oracle", "*.fraud.internal", "Oracle.fraud.internal", "10.0.0.1", "a..b", "x." * 127 + "yy"]
)
def test_an_invalid_host_name_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"host is .*; set it to a full name in lower case, such as oracle\.fraud"):
        egress_args(host=host)


def test_an_endpoint_without_ports_is_refused() -> None:
    with pytest.raises(ValueError, match="ports is empty; name each port"):
        PrivateLinkEndpointArgs(placement=placement(), service_name="s", dns_domain="d", ports={})


@pytest.mark.parametrize(
    ("read", "output", "message"),
    [
        (principal_of_gateway, outputs.GatewayAwsEgressPrivateLinkGateway(region="r"), "principal of the egress"),
        (principal_of_network, [], "egress principal of the network's gateway"),
        (gateway_of_network, [], "gateway of the network"),
        (service_of_network, [outputs.NetworkAw(account="1")], "endpoint service of the network"),
        (service_of_attachment, [], "endpoint service of the attachment"),
        (regional_name, [], "DNS name of the endpoint"),
    ],
)
def test_a_missing_output_of_a_service_stops_the_deploy(
    read: Callable[[Any], str], output: object, message: str
) -> None:
    with pytest.raises(RuntimeError, match=f"reported no {message}"):
        read(output)
