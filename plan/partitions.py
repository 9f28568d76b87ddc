"""Compare the partitions with a Basic cluster's free quota.

Sources in Confluent Cloud's documentation: cluster-types.html (a Basic cluster's first eCKU is free and holds 30
partitions); broker-config.html (internal topics such as `__consumer_offsets` do not count, managed connectors' topics
do); the pages of the Oracle XStream and OpenSearch connectors (their topics); flink/reference/sql-examples.md (a
table's topic has six partitions; we assume the same for the error log's).
"""

from __future__ import annotations

from plan.model import Plan

FREE_PARTITIONS = 30
_C = "confluentcloud:index/"
CLUSTER, TOPIC, CONNECTOR = f"{_C}kafkaCluster:KafkaCluster", f"{_C}kafkaTopic:KafkaTopic", f"{_C}connector:Connector"
MADE_BY_CONNECTORS = {
    "OracleXStreamSource": {"schema history": 1, "heartbeat": 1},
    "OpenSearchSink": {"success report": 1, "error report": 1},
}
ERROR_LOG = 6


def counted(plan: Plan) -> dict[str, int]:
    """Partitions by origin: the plan's topics, each connector's own, and Flink's error log."""
    found = {"declared topics": sum(int(topic.inputs["partitionsCount"]) for topic in plan.of_type(TOPIC))}
    for connector in plan.of_type(CONNECTOR):
        found |= MADE_BY_CONNECTORS.get(connector.inputs["configNonsensitive"]["connector.class"], {})
    if any("error-handling.mode" in str(resource.inputs) for resource in plan.resources):
        found["error log"] = ERROR_LOG
    return found


def free_quota(plan: Plan) -> str | None:
    """A line for people; None without a Basic cluster."""
    if not any(cluster.inputs.get("basic") is not None for cluster in plan.of_type(CLUSTER)):
        return None
    found = counted(plan)
    total, origins = sum(found.values()), ", ".join(f"{what} {count}" for what, count in found.items())
    verdict = "" if total <= FREE_PARTITIONS else ": the rest needs a second eCKU, which is paid; set partitions lower"
    return f"Partitions: {total} of the {FREE_PARTITIONS} that a Basic cluster has free ({origins}){verdict}"
