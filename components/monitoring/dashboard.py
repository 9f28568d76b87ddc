"""The dashboard: the state of all alarms, then the metric of each with its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from ..alarms import Alarm

WIDTH, HEIGHT, COLUMNS = 8, 6, 3
"""Of a widget, in units of the grid, which is 24 wide."""
STATES_HEIGHT = 3


def dashboard(region: str, alarms: Sequence[Alarm], arns: Sequence[pulumi.Output[str]]) -> dict[str, Any]:
    """The body in CloudWatch's format; it contains outputs."""
    states = {"title": "Alarms", "alarms": list(arns)}
    first = {"type": "alarm", "x": 0, "y": 0, "width": WIDTH * COLUMNS, "height": STATES_HEIGHT, "properties": states}
    return {"widgets": [first, *(_widget(region, place, alarm) for place, alarm in enumerate(alarms))]}


def _widget(region: str, place: int, alarm: Alarm) -> dict[str, Any]:
    row, column = divmod(place, COLUMNS)
    dimensions = [text for pair in alarm.dimensions.items() for text in pair]
    return {
        "type": "metric",
        "x": column * WIDTH,
        "y": STATES_HEIGHT + row * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": alarm.name,
            "region": region,
            "stat": alarm.statistic,
            "period": alarm.minutes * 60,
            "metrics": [[alarm.namespace, alarm.metric, *dimensions]],
            "annotations": {"horizontal": [{"label": "alarm", "value": alarm.threshold}]},
        },
    }
