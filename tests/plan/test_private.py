"""Private connectivity: with it nothing between the VPC and Confluent Cloud is on the internet."""

from __future__ import annotations

import pytest

from plan import Plan
from plan.policy import violations
from tests.plan.conftest import Configured
from tests.plans import before, id_of, named

PRIVATE = {
    "enterprise": {"clusterType": "enterprise", "availability": "HIGH", "cku": 0},
    "dedicated": {"clusterType": "dedicated", "availability": "MULTI_ZONE", "cku": 2},
}
CONFLUENT = "confluentcloud:index/"
KAFKA, NETWORK = f"{CONFLUENT}kafkaCluster:KafkaCluster", f"{CONFLUENT}network:Network"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture(scope="module", params=PRIVATE)
def plan(request: pytest.FixtureRequest, configured: Configured) -> Plan:
    # The connectors' addresses are published for public clusters only.
    known = {"connectivity": "privatelink", "confluentEgressPrefixes": ["198.51.100.0/28"]}
    return configured("prod", mode="both", **known, **PRIVATE[request.param])


@pytest.fixture
def inner(plan: Plan) -> set[str]:
    """Subnets of the app, which are private."""
    return {id_of(one) for one in plan.of_type("aws:ec2/subnet:Subnet") if "-network-app-" in one.name}


def test_the_private_form_keeps_to_the_policies(plan: Plan) -> None:
    assert not violations(plan)


def test_oracle_is_reached_through_a_link_alone(plan: Plan, inner: set[str]) -> None:
    balancer = named(plan, "aws:lb/loadBalancer:LoadBalancer", "oracle-nlb").inputs
    assert balancer["internal"] is True and inner.issuperset(balancer["subnets"]), "it faces the internet"
    enforced = balancer.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    assert enforced == "off", "its group has no rule for Confluent's addresses and would refuse the connector"
    assert not [rule.name for rule in plan.of_type(RULE) if "nlb-from-confluent" in rule.name], "open to the internet"
    source = named(plan, f"{CONFLUENT}connector:Connector", "oracle-xstream")
    assert source.inputs["configNonsensitive"]["database.hostname"] == "oracle.fraud.internal"
    assert {"fraud-prod-egress-record", "fraud-prod-egress-access-point"} <= before(plan, [source])


def test_the_cluster_is_of_its_kind_and_its_connectors_call_out_through_its_gateway(plan: Plan) -> None:
    cluster = named(plan, KAFKA, "kafka").inputs
    gateway = named(plan, f"{CONFLUENT}accessPoint:AccessPoint", "").inputs["gateway"]["id"]
    if "enterprises" in cluster:
        assert not plan.of_type(NETWORK) and "network" not in cluster, "it takes the attachment alone"
        assert gateway == "gw-" + named(plan, f"{CONFLUENT}gateway:Gateway", "").name
        return
    assert cluster["dedicated"] == {"cku": PRIVATE["dedicated"]["cku"]}
    network = named(plan, NETWORK, "dedicated-network")
    assert cluster["network"] == {"id": f"n-{network.name}"}, "without its network the cluster is a public one"
    assert gateway.endswith(network.name) and not plan.of_type(f"{CONFLUENT}gateway:Gateway"), "it sees no other"
    assert network.options.get("protect"), "its loss takes the cluster along: pass protect on in production"
    zones = [zone.removeprefix("use1-") for zone in network.inputs["zones"]]
    assert len(set(zones)) == len(zones) == 3, "brokers and endpoint must be in the same three zones"


def test_what_asks_a_private_endpoint_waits_for_it(plan: Plan) -> None:
    """Schema Registry's and Flink's endpoint is the attachment's; a dedicated cluster's Kafka has one of its own."""
    parts = {f"private-{part}" for part in ("connection", "door-endpoint", "door-wildcard")}
    if plan.of_type(NETWORK):
        zonal = {f"door-us-east-1{zone}" for zone in "abc"}
        parts |= {f"dedicated-{part}" for part in {"access", "door-endpoint", "door-wildcard"} | zonal}
    keys = [key for key in plan.of_type(f"{CONFLUENT}apiKey:ApiKey") if "flink" not in key.name]
    assert len(keys) == 4, "of the provisioner and of the app, for Kafka, where the provider tries a key, and registry"
    for kind in ("kafkaTopic:KafkaTopic", "kafkaAcl:KafkaAcl"):
        keys += plan.of_type(CONFLUENT + kind)
    for resource in keys:
        missing = {f"fraud-prod-{part}" for part in parts} - before(plan, [resource])
        assert not missing, f"{resource.name} is made through an endpoint that need not be there yet: {missing}"


def test_the_endpoints_stand_in_private_subnets_and_admit_the_vpc_alone(plan: Plan, inner: set[str]) -> None:
    endpoints = [one for one in plan.of_type("aws:ec2/vpcEndpoint:VpcEndpoint") if one.name.endswith("-door-endpoint")]
    assert endpoints and all(inner.issuperset(one.inputs["subnetIds"]) for one in endpoints)
    admitted = {rule.inputs.get("cidrIpv4") for rule in plan.of_type(RULE) if "-door-" in rule.name}
    assert admitted == {"10.0.0.0/16"}, "nobody but the VPC comes through"
    policy = named(plan, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "-to-confluent").inputs["spec"]
    (rule,) = policy["egress"]
    assert rule["to"] == [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "the app's pods reach no address of the VPC"
    assert [(port["protocol"], port["port"]) for port in rule["ports"]] == [("TCP", 9092), ("TCP", 443)]


def test_flink_and_schema_registry_are_asked_at_their_private_endpoints(plan: Plan) -> None:
    provider = named(plan, "pulumi:providers:confluentcloud", "").inputs
    private = "us-east-1.aws.private.confluent.cloud"
    assert provider["schemaRegistryRestEndpoint"] == f"https://lsrc-plan.{private}"
    assert provider["flinkRestEndpoint"] == f"https://flink.{private}"
    config = named(plan, "kubernetes:core/v1:ConfigMap", "-app-config").inputs["data"]
    assert config["SCHEMA_REGISTRY_URL"] == f"https://lsrc-plan.{private}"


def test_flink_has_roles_on_the_topics_of_clusters_that_know_them(plan: Plan) -> None:
    roles = [one.inputs["crnPattern"] for one in plan.of_type(f"{CONFLUENT}roleBinding:RoleBinding")]
    assert any(crn.endswith("/topic=fraud_alert") for crn in roles), "only a Basic cluster is without roles of topics"
