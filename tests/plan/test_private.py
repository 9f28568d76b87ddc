"""Private connectivity: with it nothing between the VPC and Confluent Cloud is on the internet."""

from __future__ import annotations

import pytest

from local.plan import Plan
from local.plan.policy import violations
from tests.plan.conftest import Configured

PRIVATE = {
    "enterprise": {"clusterType": "enterprise", "availability": "HIGH", "cku": 0},
    "dedicated": {"clusterType": "dedicated", "availability": "MULTI_ZONE", "cku": 2},
}
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
CONNECTOR, TOPIC = "confluentcloud:index/connector:Connector", "confluentcloud:index/kafkaTopic:KafkaTopic"


@pytest.fixture(scope="module", params=PRIVATE)
def plan(request: pytest.FixtureRequest, configured: Configured) -> Plan:
    return configured("prod", mode="both", connectivity="privatelink", **PRIVATE[request.param])


def test_oracle_is_reached_through_a_link_alone(plan: Plan) -> None:
    assert not violations(plan), "the private form must keep to the policies, too"
    (balancer,) = plan.of_type("aws:lb/loadBalancer:LoadBalancer")
    assert balancer.inputs["internal"] is True, "the load balancer faces the internet"
    rules = plan.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    assert not [rule.name for rule in rules if "nlb-from-confluent" in rule.name], "the door to the internet is open"
    (source,) = [found for found in plan.of_type(CONNECTOR) if found.name.endswith("oracle-xstream")]
    assert source.inputs["configNonsensitive"]["database.hostname"] == "oracle.fraud.internal"
    record = "fraud-prod-egress-record"
    assert any(urn.endswith(f"::{record}") for urn in source.dependencies), f"the connector must wait for {record}"


def test_what_asks_a_private_endpoint_waits_for_its_door(plan: Plan) -> None:
    for resource in (*plan.of_type(TOPIC), *plan.of_type("confluentcloud:index/kafkaAcl:KafkaAcl")):
        waits = [urn for urn in resource.dependencies if "PrivateLinkAttachmentConnection" in urn]
        assert waits, f"{resource.name} is made through an endpoint that need not be there yet"
    keys = [key for key in plan.of_type("confluentcloud:index/apiKey:ApiKey") if "kafka" in key.name]
    for key in keys:
        assert any("PrivateLinkAttachmentConnection" in urn for urn in key.dependencies), f"{key.name} is tried at once"


def test_flink_and_schema_registry_are_asked_at_their_private_endpoints(plan: Plan) -> None:
    (provider,) = plan.of_type("pulumi:providers:confluentcloud")
    private = "https://lsrc-plan.us-east-1.aws.private.confluent.cloud"
    assert provider.inputs["schemaRegistryRestEndpoint"] == private
    (config,) = [found for found in plan.of_type(CONFIG_MAP) if found.name.endswith("-app-config")]
    assert config.inputs["data"]["SCHEMA_REGISTRY_URL"] == private
    assert provider.inputs["flinkRestEndpoint"] != "https://flink.us-east-1.aws.confluent.cloud"


def test_the_apps_pods_may_reach_the_link(plan: Plan) -> None:
    policies = plan.of_type("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    (policy,) = [found for found in policies if found.name.endswith("-to-confluent")]
    (rule,) = policy.inputs["spec"]["egress"]
    (vpc,) = plan.of_type("aws:ec2/vpc:Vpc")
    assert rule["to"] == [{"ipBlock": {"cidr": vpc.inputs["cidrBlock"]}}], "the endpoints have addresses of the VPC"
