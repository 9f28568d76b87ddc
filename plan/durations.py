"""Expected minutes to create a resource: estimates for us-east-1. Unlisted types take well under a minute."""

from __future__ import annotations

from plan.golden.form import Entry
from plan.model import Resource

MINUTES = {
    "confluentcloud:index/kafkaCluster:KafkaCluster": 1.0,  # a Standard cluster takes less than one minute
    "confluentcloud:index/roleBinding:RoleBinding": 1.5,  # the provider waits a fixed 90 s
    "confluentcloud:index/connector:Connector": 6.2,  # the provider polls first after 3 minutes
    "confluentcloud:index/flinkStatement:FlinkStatement": 1.5,  # until RUNNING: 1 to 2
    "aws:ec2/natGateway:NatGateway": 2.0,  # 1.5 to 2
    "aws:ec2/instance:Instance": 0.7,  # until running; its boot is in the bootstrap
    "eks:index:Cluster": 10.0,  # 8.5 to 11.5; a dependency on the component includes its children
    "aws:lb/loadBalancer:LoadBalancer": 3.0,  # 2 to 4
    "aws:opensearch/domain:Domain": 20.0,  # 15 to 25
    "aws:redshift/cluster:Cluster": 6.0,  # 4 to 8
    "kubernetes:batch/v1:Job": 3.0,  # a pod on a new node: 2 to 4
    "kubernetes:apps/v1:Deployment": 1.5,  # a node is there by then
    "kubernetes:networking.k8s.io/v1:Ingress": 3.0,  # its load balancer: 2 to 4
    "docker-build:index:Image": 2.0,
}
COMMANDS = {
    "components.oracle": 12.0,  # boot, image, database, thirteen phases: 8 to 15
    "components.sinks": 0.5,
    "components.confluent.alter": 0.2,  # completes within seconds; only an INSERT has to start running
    "components.confluent.wait connector": 0.1,  # the provider waited for it already
    "components.confluent.wait": 0.3,  # the connector runs by then; its first record creates the schemas
}
"""Keyed by a part of the command line."""


def minutes(resource: Resource) -> float:
    """Expected minutes to create the resource once its dependencies exist."""
    if resource.type == "command:local:Command":
        line = str(resource.inputs.get("create"))
        return next((time for part, time in COMMANDS.items() if part in line), 0.0)
    return MINUTES.get(resource.type, 0.0)


def statement_verb(resource: Resource | Entry) -> str:
    """The verb of a Flink statement in capitals; "" for other resources. Deployed statements have no comments."""
    words = str(resource.inputs.get("statement", "")).split()
    return words[0].upper() if words and resource.type.endswith(":FlinkStatement") else ""
