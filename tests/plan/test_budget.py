"""What a stack costs and how long it takes, by the plan's own tables."""

from __future__ import annotations

import dataclasses

import pytest

from plan.commands import ROOT
from plan.partitions import FREE_PARTITIONS, counted, free_quota
from plan.prices import monthly
from plan.render import longest_chain, render
from tests.plans import recorded

LEAN_AWS_USD = 380
"""The reference's AWS part is about $752 a month; the lean one shall be half."""
LONGEST_MINUTES = 30
"""The reference states 40, and creates no connector."""


def test_dev_is_lean() -> None:
    totals, unknown = monthly(recorded("dev"))
    assert totals["aws"] <= LEAN_AWS_USD, f"dev's AWS part is ${totals['aws']:.0f} a month: make something smaller"
    assert not unknown, f"no price for {unknown}: add it to plan/prices.py"


@pytest.mark.parametrize(("stack", "sum_of_both"), [("dev", 680), ("prod", 2_090)])
def test_the_readme_says_what_a_stack_costs(stack: str, sum_of_both: int) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`{stack}`" in text and f"about ${sum_of_both:,}" in text
    total = sum(monthly(recorded(stack))[0].values())
    assert abs(total - sum_of_both) <= 10, f"{stack} costs ${total:,.0f} by the estimate: say so in README.md"


def test_a_warehouse_that_sleeps_costs_its_waking_hours() -> None:
    dev = recorded("dev")
    unscheduled = [one for one in dev.resources if not one.type.endswith(":ScheduledAction")]
    asleep, awake = monthly(dev)[0], monthly(dataclasses.replace(dev, resources=tuple(unscheduled)))[0]
    assert awake["aws"] - asleep["aws"] > 250, "the schedule of dev must show in the estimate"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_longest_chain_is_short(stack: str) -> None:
    minutes, chain = longest_chain(recorded(stack))
    assert minutes <= LONGEST_MINUTES, f"{minutes:.1f} min: {' -> '.join(chain)}"
    assert len(chain) > 3, f"the chain {chain} does not reach from the network to a sink: a dependency is missing"


def test_dev_stays_within_the_partitions_that_a_basic_cluster_has_free() -> None:
    found, topics = counted(recorded("dev")), recorded("dev").of_type("confluentcloud:index/kafkaTopic:KafkaTopic")
    assert found["declared topics"] == sum(topic.inputs["partitionsCount"] for topic in topics)
    assert {"schema history", "heartbeat", "success report", "error report", "error log"} <= found.keys()
    assert sum(found.values()) <= FREE_PARTITIONS, f"{found}: set partitions of Pulumi.dev.yaml lower"


def test_the_plan_says_when_the_free_partitions_are_used_up() -> None:
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
