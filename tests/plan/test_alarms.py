"""Each alarm trips on the metric of a sick resource, stays quiet for a healthy one, and has a runbook."""

from __future__ import annotations

import json
import operator
import re
from typing import Any

import pytest

from plan.commands import ROOT
from tests.plans import recorded

Points = list[float | None]
"""A metric's values by period, the oldest first; None is a period without data."""
COMPARISONS = {"GreaterThanOrEqualToThreshold": operator.ge, "LessThanThreshold": operator.lt}
PREFIX = "fraud-dev-monitoring-"
NOTHING: Points = [None] * 6
MIB = 1024
SICK: dict[str, Points] = {
    "oracle-host-down": [0, 0, 1, 1, 1],
    "oracle-busy": [20, 95, 99, 93],
    "oracle-volume-stalled": [0, 1, 1, 1],
    "oracle-unreachable": [1, 1, 0, 0, 0],
    "redshift-unhealthy": [1, 0, 0],
    "redshift-full": [70, 81, 85, 90],
    "opensearch-red": [0, 1],
    "opensearch-blocked": [0, 1],
    "opensearch-key": [0, 1],
    "opensearch-snapshot": [0, 1],
    "opensearch-full": [10 * MIB, 4 * MIB],
    "opensearch-busy": [50, 80, 90, 100],
    "opensearch-memory": [70, 95, 97, 99],
    "app-pods-pending": [0, 2, 2, 1],
    "nat-ports-a": [0, 40],
}
HEALTHY: dict[str, Points] = {
    "oracle-host-down": [0, 1, 1, 0],
    "oracle-busy": [95, 99, 40, 95],
    "oracle-volume-stalled": [0, 1, 0, 1],
    "oracle-unreachable": [1, 0, 0, 1],
    "redshift-unhealthy": [1, 0, 1],
    "redshift-full": [85, 70, 85],
    "opensearch-red": [1, 0],
    "opensearch-blocked": [1, 0],
    "opensearch-key": [0, 0],
    "opensearch-snapshot": [0, 0],
    "opensearch-full": [19 * MIB, 6 * MIB],
    "opensearch-busy": [90, 40, 90],
    "opensearch-memory": [97, 70, 97],
    "app-pods-pending": [3, 0, 3],
    "nat-ports-a": [0, 0],
}
ALWAYS_SEND = {"oracle-host-down", "oracle-unreachable"}
"""A running host and its load balancer send data each minute; a paused warehouse sends none."""


@pytest.fixture(scope="module")
def alarms() -> dict[str, dict[str, Any]]:
    found = recorded("dev").of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
    return {one.name.removeprefix(PREFIX): one.inputs for one in found}


def trips(alarm: dict[str, Any], points: Points) -> bool:
    """What CloudWatch decides after the last of the points, when all of the last periods must breach."""
    breaching = COMPARISONS[alarm["comparisonOperator"]]
    last = points[-alarm["evaluationPeriods"] :]
    silence = alarm["treatMissingData"] == "breaching"
    return all(silence if one is None else breaching(one, alarm["threshold"]) for one in last)


def test_each_alarm_has_its_cases(alarms: dict[str, dict[str, Any]]) -> None:
    assert set(alarms) == set(SICK) == set(HEALTHY), "add the metric of a sick and of a healthy resource above"


@pytest.mark.parametrize("name", SICK)
def test_it_trips_for_a_sick_resource(alarms: dict[str, dict[str, Any]], name: str) -> None:
    assert trips(alarms[name], SICK[name])


@pytest.mark.parametrize("name", HEALTHY)
def test_it_is_quiet_for_a_healthy_resource(alarms: dict[str, dict[str, Any]], name: str) -> None:
    assert not trips(alarms[name], HEALTHY[name])


@pytest.mark.parametrize("name", SICK)
def test_no_data_is_an_alarm_only_of_what_always_sends(alarms: dict[str, dict[str, Any]], name: str) -> None:
    assert trips(alarms[name], NOTHING) == (name in ALWAYS_SEND)


def test_each_alarm_tells_somebody_and_has_a_runbook(alarms: dict[str, dict[str, Any]]) -> None:
    headings = set(re.findall(r"^## (\S+)$", (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8"), re.MULTILINE))
    named = set[str]()
    for name, alarm in alarms.items():
        assert alarm["alarmActions"] and alarm["okActions"], f"{name} tells nobody"
        found = re.search(r"docs/runbooks\.md#(\S+)$", alarm["alarmDescription"])
        assert found, f"{name} names no runbook"
        named.add(found[1])
    assert named == headings, "docs/runbooks.md has one section for each alarm"


def test_the_dashboard_shows_each_alarm(alarms: dict[str, dict[str, Any]]) -> None:
    (dashboard,) = recorded("dev").of_type("aws:cloudwatch/dashboard:Dashboard")
    states, *metrics = json.loads(dashboard.inputs["dashboardBody"])["widgets"]
    assert len(states["properties"]["alarms"]) == len(alarms)
    assert {one["properties"]["title"] for one in metrics} == set(alarms)
    places = [(one["x"], one["y"]) for one in metrics]
    assert len(set(places)) == len(places), "two widgets are in one place"
    for one in metrics:
        namespace, metric, *dimensions = one["properties"]["metrics"][0]
        alarm = alarms[one["properties"]["title"]]
        assert (namespace, metric) == (alarm["namespace"], alarm["metricName"])
        assert dict(zip(dimensions[::2], dimensions[1::2], strict=True)) == alarm["dimensions"]


def test_the_production_stack_tells_its_addresses_and_has_a_budget() -> None:
    prod = recorded("prod")
    (subscription,) = prod.of_type("aws:sns/topicSubscription:TopicSubscription")
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "oncall@example.com")
    (budget,) = prod.of_type("aws:budgets/budget:Budget")
    assert budget.inputs["costFilters"] == [{"name": "TagKeyValue", "values": ["user:Deployment$prod"]}]
    assert [one["threshold"] for one in budget.inputs["notifications"]] == [80, 100]
