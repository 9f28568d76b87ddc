"""Private networking with Confluent Cloud: who may come in, which names lead where, and what comes before what.

Everything is recorded by the plan's monitor, which also has the installed SDKs check the inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_confluentcloud as confluent
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
from components.network.private_link_endpoint import PrivateLinkEndpointArgs, VpcPlacement, regional_name, zonal_name
from plan.aws_ids import long_id
from plan.model import Resource
from tests.ids import id_of
from tests.unit.recording import needs, record_component

CIDR = "10.0.0.0/16"
SUBNETS = ["subnet-a", "subnet-b", "subnet-c"]
DOORWAY: dict[str, Any] = {"region": "us-east-1", "vpc_id": "vpc-1", "vpc_cidr": CIDR, "subnet_ids": SUBNETS}
ZONE_IDS: dict[str, pulumi.Input[str]] = {"us-east-1a": "use1-az4", "us-east-1b": "use1-az6", "us-east-1c": "use1-az1"}
HOST = "oracle.fraud.internal"
BALANCER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/fraud-test-oracle/1"
EGRESS: dict[str, Any] = {
    "environment_id": "env-1",
    "region": "us-east-1",
    "host": HOST,
    "load_balancer_arn": BALANCER,
}
GATEWAY = "confluentcloud:index/gateway:Gateway"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
SERVICE_ID = long_id("vpce-svc")
Made = dict[str, Resource]


def placement(**change: Any) -> VpcPlacement:
    return VpcPlacement(**(DOORWAY | change))


def ingress() -> PrivateIngress:
    return PrivateIngress("in", PrivateIngressArgs(environment_id="env-1", placement=placement()))


def dedicated_args(**change: Any) -> DedicatedIngressArgs:
    args = {"environment_id": "env-1", "account_id": "123456789012", "placement": placement(), "zone_ids": ZONE_IDS}
    return DedicatedIngressArgs(**(args | change))


def dedicated(**change: Any) -> DedicatedIngress:
    return DedicatedIngress("in", dedicated_args(**change))


def egress_args(**change: Any) -> PrivateEgressArgs:
    return PrivateEgressArgs(**(EGRESS | change))


def egress(**change: Any) -> PrivateEgress:
    return PrivateEgress("out", egress_args(**change))


def caller(ready: tuple[pulumi.Resource, ...], **config: pulumi.Input[str]) -> None:
    """Something that is made once the way is open, with what it is told about it."""
    confluent.Connector(
        "caller",
        environment=confluent.ConnectorEnvironmentArgs(id="env-1"),
        kafka_cluster=confluent.ConnectorKafkaClusterArgs(id="lkc-1"),
        config_nonsensitive=config,
        opts=pulumi.ResourceOptions(depends_on=ready),
    )


def of_type(made: Made, token: str) -> Made:
    return {name: one for name, one in made.items() if one.type == token}


# Who may come in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [ingress, dedicated])
def test_only_the_vpc_reaches_the_endpoint_and_only_on_two_ports(make: Callable[[], object]) -> None:
    made = record_component(make)
    rules = [rule.inputs for rule in of_type(made, INGRESS_RULE).values()]
    opened = {(rule["fromPort"], rule["toPort"], rule["ipProtocol"], rule.get("cidrIpv4")) for rule in rules}
    assert opened == {(443, 443, "tcp", CIDR), (9092, 9092, "tcp", CIDR)}, "HTTPS and Kafka, from the VPC alone"
    assert all(rule.get("description") for rule in rules), "each rule says what it is for"
    assert all(rule["securityGroupId"] == id_of(made["in-door-group"]) for rule in rules)
    assert not any("EgressRule" in one.type for one in made.values()), "an endpoint only answers"
    assert not {"ingress", "egress"} & set(made["in-door-group"].inputs), "no inline rules"


@pytest.mark.parametrize("make", [ingress, dedicated])
def test_the_endpoint_stands_in_the_subnets_given_behind_its_group(make: Callable[[], object]) -> None:
    made = record_component(make)
    endpoint = made["in-door-endpoint"]
    assert endpoint.inputs["vpcEndpointType"] == "Interface"
    assert endpoint.inputs["vpcId"] == "vpc-1" and endpoint.inputs["subnetIds"] == SUBNETS
    assert endpoint.inputs["securityGroupIds"] == [id_of(made["in-door-group"])], (
        "else AWS takes the VPC's default group"
    )
    assert endpoint.inputs["privateDnsEnabled"] is False, "AWS refuses private names of a service that has none"
    assert {"in-door-443", "in-door-9092"} <= needs(endpoint), "names lead there from the moment it exists"


def test_the_endpoint_leads_to_the_service_of_this_environment_and_region() -> None:
    made = record_component(ingress)
    assert made["in-attachment"].inputs["cloud"] == "AWS"
    assert made["in-attachment"].inputs["region"] == "us-east-1"
    service = made["in-door-endpoint"].inputs["serviceName"]
    assert service == f"com.amazonaws.vpce.us-east-1.{SERVICE_ID('in-attachment', {})}"


def test_a_dedicated_network_is_private_in_the_given_zones_and_open_to_one_account() -> None:
    made = record_component(dedicated)
    network = made["in-network"].inputs
    assert network["region"] == "us-east-1" and network["connectionTypes"] == ["PRIVATELINK"]
    assert network["dnsConfig"] == {"resolution": "PRIVATE"}, "CHASED_PRIVATE needs public names, too"
    assert network["zones"] == list(ZONE_IDS.values()), "brokers must be where the endpoint has an address"
    access = made["in-access"].inputs
    assert access["aws"] == {"account": "123456789012"} and access["network"] == {"id": "n-in-network"}
    service = made["in-door-endpoint"].inputs["serviceName"]
    assert service == f"com.amazonaws.vpce.us-east-1.{SERVICE_ID('in-network', {})}"


@pytest.mark.parametrize("protect", [True, False])
def test_only_the_network_whose_loss_takes_the_cluster_along_is_protected(protect: bool) -> None:
    made = record_component(lambda: dedicated(protect=protect))
    assert [one.name for one in made.values() if one.options.get("protect")] == ["in-network"] * protect


@pytest.mark.parametrize("make", [ingress, dedicated, egress])
def test_everything_of_confluent_s_is_in_the_environment_given(make: Callable[[], object]) -> None:
    made = {name: one for name, one in record_component(make).items() if one.type.startswith("confluentcloud:")}
    elsewhere = [name for name, one in made.items() if one.inputs.get("environment") != {"id": "env-1"}]
    assert made and not elsewhere, f"pass environment_id on to {elsewhere}"


@pytest.mark.parametrize("make", [ingress, dedicated, egress])
def test_a_preview_that_knows_no_output_makes_the_same_resources(make: Callable[[], object]) -> None:
    assert record_component(make, preview=True).keys() == record_component(make).keys()


# Names ----------------------------------------------------------------------------------------------------------------


def test_every_name_of_the_attachment_leads_to_the_endpoint_inside_the_vpc() -> None:
    made = record_component(ingress)
    domain = "us-east-1.aws.private.confluent.cloud"
    zone = made["in-door-zone"].inputs
    assert zone["name"] == domain
    assert zone["vpcs"] == [{"vpcId": "vpc-1", "vpcRegion": "us-east-1"}], "without a VPC the zone is a public one"
    records = of_type(made, "aws:route53/record:Record")
    assert set(records) == {"in-door-wildcard"}
    record = records["in-door-wildcard"].inputs
    assert (record["name"], record["type"], record["zoneId"]) == (f"*.{domain}", "CNAME", id_of(made["in-door-zone"]))
    (target,) = record["records"]
    assert target.startswith(id_of(made["in-door-endpoint"]) + "-") and target.endswith(".vpce.amazonaws.com")


def test_a_dedicated_cluster_s_brokers_are_reached_in_their_own_zone() -> None:
    made = record_component(dedicated)
    domain = "pr123a.us-east-1.aws.confluent.cloud"
    records = {one.inputs["name"]: one.inputs["records"] for one in of_type(made, "aws:route53/record:Record").values()}
    endpoint, _, rest = records[f"*.{domain}"][0].partition(".")
    assert endpoint.startswith(id_of(made["in-door-endpoint"]))
    assert records == {
        f"*.{domain}": [f"{endpoint}.{rest}"],
        f"*.use1-az4.{domain}": [f"{endpoint}-us-east-1a.{rest}"],
        f"*.use1-az6.{domain}": [f"{endpoint}-us-east-1b.{rest}"],
        f"*.use1-az1.{domain}": [f"{endpoint}-us-east-1c.{rest}"],
    }, "a wildcard for the bootstrap, and one a zone: the zone's id in the name, its name in the target"


def test_zones_may_be_looked_up() -> None:
    def build() -> None:
        found = {name: aws.get_availability_zone_output(name=name).zone_id for name in ZONE_IDS}
        dedicated(zone_ids=found)

    made = record_component(build)
    assert made["in-network"].inputs["zones"] == ["use1-az1", "use1-az2", "use1-az3"]
    assert record_component(build, preview=True).keys() == made.keys()


def test_a_zonal_name_carries_the_zone_in_its_first_label() -> None:
    assert zonal_name("vpce-1-2.vpce-svc-3.us-east-1.vpce.amazonaws.com", "us-east-1b") == (
        "vpce-1-2-us-east-1b.vpce-svc-3.us-east-1.vpce.amazonaws.com"
    )


# Order ----------------------------------------------------------------------------------------------------------------


def test_the_connection_registers_the_endpoint_once_it_is_there() -> None:
    made = record_component(ingress)
    connection = made["in-connection"]
    assert connection.inputs["aws"] == {"vpcEndpointId": id_of(made["in-door-endpoint"])}
    assert connection.inputs["privateLinkAttachment"] == {"id": "platt-in-attachment"}
    assert {"in-door-endpoint", "in-attachment"} <= needs(connection)


def test_the_endpoint_of_a_dedicated_network_waits_until_the_account_has_access() -> None:
    assert "in-access" in needs(record_component(dedicated)["in-door-endpoint"]), "Confluent refuses it before"


def test_who_waits_for_ready_waits_for_the_connection_and_the_names() -> None:
    waiter = record_component(lambda: caller(ingress().ready))["caller"]
    assert needs(waiter) == {"in-connection", "in-door-endpoint", "in-door-wildcard"}


def test_who_waits_for_a_dedicated_cluster_waits_for_the_access_and_all_names() -> None:
    zonal = {f"in-door-{zone}" for zone in ZONE_IDS}
    waiter = record_component(lambda: caller(dedicated().ready))["caller"]
    assert needs(waiter) == zonal | {"in-door-wildcard", "in-door-endpoint", "in-access"}


# From Confluent's connectors to Oracle --------------------------------------------------------------------------------


def test_only_the_gateway_of_this_environment_may_connect_to_the_load_balancer() -> None:
    made = record_component(egress)
    assert made["out-gateway"].inputs["awsEgressPrivateLinkGateway"] == {"region": "us-east-1"}
    service = made["out-service"].inputs
    principal = "arn:aws:iam::210987654321:role/env-1-gw-out-gateway"
    assert service["allowedPrincipals"] == [principal], "one principal: the list is the lock"
    assert service["networkLoadBalancerArns"] == [BALANCER]
    assert service["acceptanceRequired"] is False, "else `pulumi up` goes on with a pending access point"


def test_the_access_point_waits_for_the_service_and_the_name_for_the_access_point() -> None:
    made = record_component(egress)
    point, record = made["out-access-point"], made["out-record"]
    assert point.inputs["awsEgressPrivateLinkEndpoint"] == {
        "vpcEndpointServiceName": f"com.amazonaws.vpce.us-east-1.{SERVICE_ID('out-service', {})}",
        "enableHighAvailability": True,
    }
    assert "out-service" in needs(point)
    assert record.inputs["privateLinkAccessPoint"] == {"id": "ap-out-access-point"}
    assert "out-access-point" in needs(record)
    assert point.inputs["gateway"] == record.inputs["gateway"] == {"id": "gw-out-gateway"}
    assert record.inputs["domain"] == HOST


def test_a_connector_waits_for_the_way_and_its_name() -> None:
    connector = record_component(lambda: caller(egress().ready))["caller"]
    assert needs(connector) == {"out-access-point", "out-record"}


def test_a_connector_is_told_the_name_once_it_resolves() -> None:
    connector = record_component(lambda: caller((), host=egress().host))["caller"]
    assert connector.inputs["configNonsensitive"] == {"host": HOST}
    assert needs(connector) == {"out-record"}


def test_a_gateway_that_is_there_is_used() -> None:
    there = EgressGateway(id="gw-1", principal_arn="arn:aws:iam::1:role/of-gw-1")
    made = record_component(lambda: egress(gateway=there))
    assert not of_type(made, GATEWAY), "an environment has one egress gateway a region"
    assert made["out-service"].inputs["allowedPrincipals"] == ["arn:aws:iam::1:role/of-gw-1"]
    assert made["out-access-point"].inputs["gateway"] == made["out-record"].inputs["gateway"] == {"id": "gw-1"}


def test_a_dedicated_cluster_is_told_its_network_and_its_connectors_call_out_through_that() -> None:
    def build() -> None:
        network = dedicated()
        egress(gateway=network.egress_gateway)
        caller((), network=network.network_id)

    made = record_component(build)
    assert made["caller"].inputs["configNonsensitive"] == {"network": "n-in-network"}
    assert made["out-access-point"].inputs["gateway"] == {"id": "gw-in-network"}
    principals = made["out-service"].inputs["allowedPrincipals"]
    assert principals == ["arn:aws:iam::210987654321:role/env-1-gw-in-network"]


# Refused --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"vpc_cidr": "0.0.0.0/0"}, r"vpc_cidr is '0\.0\.0\.0/0'; set it to the VPC's own private range"),
        ({"vpc_cidr": "10.0.0.1/16"}, r"vpc_cidr is '10\.0\.0\.1/16', which is no IPv4 range"),
        ({"vpc_cidr": "10.0.0.0/7"}, r"vpc_cidr is '10\.0\.0\.0/7'; set it to the VPC's own private range"),
        ({"vpc_cidr": "52.0.0.0/16"}, "vpc_cidr is '52.0.0.0/16'; set it to the VPC's own private range"),
        ({"subnet_ids": ("subnet-a",)}, "subnet_ids has 1; give one subnet in each of 2 or more zones"),
        ({"subnet_ids": (), "vpc_cidr": "vpc"}, "vpc_cidr is 'vpc', which is no IPv4 range; .*; subnet_ids has 0"),
    ],
)
def test_a_bad_placement_names_field_value_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        placement(**change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"zone_ids": {"us-east-1a": "use1-az4"}}, "zone_ids has 1 and placement.subnet_ids 3; .* takes 3 of each"),
        ({"placement": placement(subnet_ids=SUBNETS[:2])}, "zone_ids has 3 and placement.subnet_ids 2"),
        ({"zone_ids": ZONE_IDS | {"us-east-1b": "use1-az4"}}, "zone_ids repeats one of .*; each zone has its own"),
        ({"zone_ids": {"eu-west-1a": "euw1-az1"}}, "zone_ids has the name 'eu-west-1a'; give one like us-east-1a"),
        ({"zone_ids": ZONE_IDS | {"us-east-1b": "us-east-1b"}}, "zone_ids has 'us-east-1b'; give one like use1-az4"),
    ],
)
def test_bad_zones_of_a_dedicated_network_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dedicated_args(**change)


@pytest.mark.parametrize(
    "host", ["oracle", "*.fraud.internal", "Oracle.fraud.internal", "10.0.0.1", "a..b", "x." * 127 + "yy"]
)
def test_a_host_that_no_connector_could_resolve_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"host is .*; set it to a full name in lower case, such as oracle\.fraud"):
        egress_args(host=host)


def test_a_door_without_ports_is_refused() -> None:
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
def test_what_a_service_leaves_out_stops_the_deploy(read: Callable[[Any], str], output: object, message: str) -> None:
    with pytest.raises(RuntimeError, match=f"reported no {message}"):
        read(output)
