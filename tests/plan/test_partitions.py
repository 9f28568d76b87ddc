"""A stack's partitions, and the free ones of a Basic cluster."""

from __future__ import annotations

import dataclasses

from plan.partitions import FREE_PARTITIONS, counted, free_quota
from plan.render import render
from tests.plans import recorded


def test_dev_stays_within_the_free_partitions() -> None:
    found = counted(recorded("dev"))
    topics = recorded("dev").of_type("confluentcloud:index/kafkaTopic:KafkaTopic")
    assert found["declared topics"] == sum(topic.inputs["partitionsCount"] for topic in topics)
    assert {"schema history", "heartbeat", "success report", "error report", "error log"} <= found.keys()
    assert sum(found.values()) <= FREE_PARTITIONS, f"{found}: set partitions of Pulumi.dev.yaml lower"


def test_the_plan_reports_exceeded_free_partitions() -> None:
    assert free_quota(recorded("prod")) is None, "prod's cluster is not a Basic one"
    within = free_quota(recorded("dev"))
    assert within and f"of the {FREE_PARTITIONS}" in within and "paid" not in within
    assert within in render(recorded("dev"))
    many = [
        dataclasses.replace(resource, inputs={**resource.inputs, "partitionsCount": 12})
        if resource.name.endswith("topic-fraud_alert")
        else resource
        for resource in recorded("dev").resources
    ]
    beyond = free_quota(dataclasses.replace(recorded("dev"), resources=tuple(many)))
    assert beyond and "a second eCKU, which is paid" in beyond
