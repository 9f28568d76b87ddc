"""Private connectivity keeps all traffic between the VPC and Confluent Cloud off the internet."""

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
    """The app's subnets, which are private."""
    return {id_of(one) for one in plan.of_type("aws:ec2/subnet:Subnet") if "-network-app-" in one.name}


def test_private_stacks_pass_every_control(plan: Plan) -> None:
    assert not violations(plan)


def test_oracle_is_reached_only_through_privatelink(plan: Plan, inner: set[str]) -> None:
    balancer = named(plan, "aws:lb/loadBalancer:LoadBalancer", "oracle-nlb").inputs
    assert balancer["internal"] is True and inner.issuperset(balancer["subnets"]), "it faces the internet"
    enforced = balancer.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    assert enforced == "off", "its group has no rule for Confluent's addresses and would refuse the connector"
    assert not [rule.name for rule in plan.of_type(RULE) if "nlb-from-confluent" in rule.name], "open to the internet"
    source = named(plan, f"{CONFLUENT}connector:Connector", "oracle-xstream")
    assert source.inputs["configNonsensitive"]["database.hostname"] == "oracle.fraud.internal"
    assert {"fraud-prod-egress-record", "fraud-prod-egress-access-point"} <= before(plan, [source])


def test_the_cluster_has_its_type_and_its_connectors_use_its_gateway(plan: Plan) -> None:
    cluster = named(plan, KAFKA, "kafka").inputs
    gateway = named(plan, f"{CONFLUENT}accessPoint:AccessPoint", "").inputs["gateway"]["id"]
    if "enterprises" in cluster:
        assert not plan.of_type(NETWORK) and "network" not in cluster, "it only needs the attachment"
        assert gateway == "gw-" + named(plan, f"{CONFLUENT}gateway:Gateway", "").name
        return
    assert cluster["dedicated"] == {"cku": PRIVATE["dedicated"]["cku"]}
    network = named(plan, NETWORK, "dedicated-network")
    assert cluster["network"] == {"id": f"n-{network.name}"}, "without its network the cluster is public"
    assert gateway.endswith(network.name) and not plan.of_type(f"{CONFLUENT}gateway:Gateway"), (
        "its connectors see no other gateway"
    )
    assert network.options.get("protect"), "deleting it deletes the cluster: set protect in production"
    zones = [zone.removeprefix("use1-") for zone in network.inputs["zones"]]
    assert len(set(zones)) == len(zones) == 3, "brokers and endpoint must be in the same three zones"


def test_users_of_a_private_endpoint_wait_for_it(plan: Plan) -> None:
    """Schema Registry and Flink use the attachment's endpoint; a dedicated cluster's Kafka has its own."""
    parts = {f"private-{part}" for part in ("connection", "door-endpoint", "door-wildcard")}
    if plan.of_type(NETWORK):
        zonal = {f"door-us-east-1{zone}" for zone in "abc"}
        parts |= {f"dedicated-{part}" for part in {"access", "door-endpoint", "door-wildcard"} | zonal}
    keys = [key for key in plan.of_type(f"{CONFLUENT}apiKey:ApiKey") if "flink" not in key.name]
    assert len(keys) == 4, (
        "keys of the provisioner and the app, for the registry and for Kafka, where the provider checks keys"
    )
    for kind in ("kafkaTopic:KafkaTopic", "kafkaAcl:KafkaAcl"):
        keys += plan.of_type(CONFLUENT + kind)
    for resource in keys:
        missing = {f"fraud-prod-{part}" for part in parts} - before(plan, [resource])
        assert not missing, f"{resource.name} uses an endpoint that may not exist yet: {missing}"


def test_the_endpoints_are_in_private_subnets_and_admit_only_the_vpc(plan: Plan, inner: set[str]) -> None:
    endpoints = [one for one in plan.of_type("aws:ec2/vpcEndpoint:VpcEndpoint") if one.name.endswith("-door-endpoint")]
    assert endpoints and all(inner.issuperset(one.inputs["subnetIds"]) for one in endpoints)
    admitted = {rule.inputs.get("cidrIpv4") for rule in plan.of_type(RULE) if "-door-" in rule.name}
    assert admitted == {"10.0.0.0/16"}, "only the VPC may connect"
    policy = named(plan, "kubernetes:networking.k8s.io/v1:NetworkPolicy", "-to-confluent").inputs["spec"]
    (rule,) = policy["egress"]
    assert rule["to"] == [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "the app's pods reach no address of the VPC"
    assert [(port["protocol"], port["port"]) for port in rule["ports"]] == [("TCP", 9092), ("TCP", 443)]


def test_flink_and_schema_registry_have_private_endpoints(plan: Plan) -> None:
    provider = named(plan, "pulumi:providers:confluentcloud", "").inputs
    private = "us-east-1.aws.private.confluent.cloud"
    assert provider["schemaRegistryRestEndpoint"] == f"https://lsrc-plan.{private}"
    assert provider["flinkRestEndpoint"] == f"https://flink.{private}"
    config = named(plan, "kubernetes:core/v1:ConfigMap", "-app-config").inputs["data"]
    assert config["SCHEMA_REGISTRY_URL"] == f"https://lsrc-plan.{private}"


def test_flink_has_topic_roles_except_on_basic_clusters(plan: Plan) -> None:
    roles = [one.inputs["crnPattern"] for one in plan.of_type(f"{CONFLUENT}roleBinding:RoleBinding")]
    assert any(crn.endswith("/topic=fraud_alert") for crn in roles), "only a Basic cluster has no topic roles"
