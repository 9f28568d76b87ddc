"""Private connectivity: with it nothing between the VPC and Confluent Cloud is on the internet."""

from __future__ import annotations

import pytest

from plan import Plan
from plan.policy import violations
from tests.ids import id_of
from tests.plan.conftest import Configured

PRIVATE = {
    "enterprise": {"clusterType": "enterprise", "availability": "HIGH", "cku": 0},
    "dedicated": {"clusterType": "dedicated", "availability": "MULTI_ZONE", "cku": 2},
}
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
CONNECTOR, TOPIC = "confluentcloud:index/connector:Connector", "confluentcloud:index/kafkaTopic:KafkaTopic"
KAFKA, GATEWAY = "confluentcloud:index/kafkaCluster:KafkaCluster", "confluentcloud:index/gateway:Gateway"


@pytest.fixture(scope="module", params=PRIVATE)
def plan(request: pytest.FixtureRequest, configured: Configured) -> Plan:
    # The connectors' addresses are published for public clusters only.
    known = {"connectivity": "privatelink", "confluentEgressPrefixes": ["198.51.100.0/28"]}
    return configured("prod", mode="both", **known, **PRIVATE[request.param])


def test_oracle_is_reached_through_a_link_alone(plan: Plan) -> None:
    assert not violations(plan), "the private form must keep to the policies, too"
    (balancer,) = plan.of_type("aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["internal"] is True, "the load balancer faces the internet"
    assert _inner(plan).issuperset(balancer.inputs["subnets"]), "it belongs into private subnets"
    enforced = balancer.inputs.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    assert enforced == "off", "its group has no rule for Confluent's addresses and would refuse the connector"
    rules = plan.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert not [rule.name for rule in rules if "nlb-from-confluent" in rule.name], (
        "the listener is open to the internet"
    )
    (source,) = [found for found in plan.of_type(CONNECTOR) if found.name.endswith("oracle-xstream")]
    assert source.inputs["configNonsensitive"]["database.hostname"] == "oracle.fraud.internal"
    record = "fraud-prod-egress-record"
    assert any(urn.endswith(f"::{record}") for urn in source.dependencies), f"the connector must wait for {record}"


def test_the_cluster_is_of_its_kind_and_a_dedicated_one_in_the_network_that_the_vpc_reaches(plan: Plan) -> None:
    (cluster,) = plan.of_type(KAFKA)
    networks = plan.of_type("confluentcloud:index/network:Network")
    if "enterprises" in cluster.inputs:
        assert not networks and "network" not in cluster.inputs, "an enterprise cluster takes the attachment alone"
        return
    assert cluster.inputs["dedicated"] == {"cku": PRIVATE["dedicated"]["cku"]}
    (network,) = networks
    assert cluster.inputs["network"] == {"id": f"n-{network.name}"}, "without its network the cluster is a public one"
    assert network.options.get("protect"), "its loss takes the cluster along: pass protect on in production"
    zones = [zone.removeprefix("use1-") for zone in network.inputs["zones"]]
    assert len(set(zones)) == len(zones) == 3, "brokers and endpoint must be in the same three zones"


def test_connectors_call_out_through_the_gateway_of_their_cluster(plan: Plan) -> None:
    (cluster,), gateways = plan.of_type(KAFKA), plan.of_type(GATEWAY)
    (point,) = plan.of_type("confluentcloud:index/accessPoint:AccessPoint")
    if "network" in cluster.inputs:
        assert not gateways, "a dedicated cluster's connectors use their network's gateway, and would not see another"
        assert point.inputs["gateway"]["id"].endswith("fraud-prod-dedicated-network")
    else:
        (gateway,) = gateways
        assert point.inputs["gateway"] == {"id": f"gw-{gateway.name}"}


def test_what_asks_a_private_endpoint_waits_for_its_door(plan: Plan) -> None:
    """Schema Registry's and Flink's endpoint is the attachment's; a dedicated cluster's Kafka has one of its own."""
    keys = [key for key in plan.of_type("confluentcloud:index/apiKey:ApiKey") if "flink" not in key.name]
    assert len(keys) == 4, "of the provisioner and of the app, for Kafka, where the provider tries a key, and registry"
    doors = {one.urn for one in plan.resources if one.name in _doors(plan)}
    assert len(doors) == len(_doors(plan)), f"one of {_doors(plan)} has another name: write it here"
    for resource in (*plan.of_type(TOPIC), *plan.of_type("confluentcloud:index/kafkaAcl:KafkaAcl"), *keys):
        missing = [urn.rpartition("::")[2] for urn in doors - set(resource.dependencies)]
        assert not missing, f"{resource.name} is made through an endpoint that need not be there yet: {missing}"


def _inner(plan: Plan) -> set[str]:
    """Subnets of the app, which are private."""
    return {id_of(one) for one in plan.of_type("aws:ec2/subnet:Subnet") if "-network-app-" in one.name}


def _doors(plan: Plan) -> set[str]:
    own = {f"fraud-prod-dedicated-{part}" for part in ("access", "door-endpoint", "door-wildcard", "door-us-east-1a")}
    shared = {f"fraud-prod-private-{part}" for part in ("connection", "door-endpoint", "door-wildcard")}
    return shared | (own if plan.of_type("confluentcloud:index/network:Network") else set())


def test_the_doors_stand_in_private_subnets_and_open_to_the_vpc_alone(plan: Plan) -> None:
    (vpc,) = plan.of_type("aws:ec2/vpc:Vpc")
    endpoints = [one for one in plan.of_type("aws:ec2/vpcEndpoint:VpcEndpoint") if one.name.endswith("-door-endpoint")]
    assert endpoints and all(_inner(plan).issuperset(one.inputs["subnetIds"]) for one in endpoints)
    rules = plan.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    admitted = {rule.inputs.get("cidrIpv4") for rule in rules if "-door-" in rule.name}
    assert admitted == {vpc.inputs["cidrBlock"]}, "nobody but the VPC comes through"


def test_flink_and_schema_registry_are_asked_at_their_private_endpoints(plan: Plan) -> None:
    (provider,) = plan.of_type("pulumi:providers:confluentcloud")
    private = "https://lsrc-plan.us-east-1.aws.private.confluent.cloud"
    assert provider.inputs["schemaRegistryRestEndpoint"] == private
    (config,) = [found for found in plan.of_type(CONFIG_MAP) if found.name.endswith("-app-config")]
    assert config.inputs["data"]["SCHEMA_REGISTRY_URL"] == private
    assert provider.inputs["flinkRestEndpoint"] == "https://flink.us-east-1.aws.private.confluent.cloud"


def test_flink_has_roles_on_the_topics_of_clusters_that_know_them(plan: Plan) -> None:
    roles = [one.inputs["crnPattern"] for one in plan.of_type("confluentcloud:index/roleBinding:RoleBinding")]
    assert any(crn.endswith("/topic=fraud_alert") for crn in roles), "only a Basic cluster is without roles of topics"


def test_the_apps_pods_may_reach_the_link(plan: Plan) -> None:
    policies = plan.of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    (policy,) = [found for found in policies if found.name.endswith("-to-confluent")]
    (rule,) = policy.inputs["spec"]["egress"]
    (vpc,) = plan.of_type("aws:ec2/vpc:Vpc")
    assert rule["to"] == [{"ipBlock": {"cidr": vpc.inputs["cidrBlock"]}}], "the endpoints have addresses of the VPC"
