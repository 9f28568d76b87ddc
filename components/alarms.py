"""An alarm as data: the component that owns the resource says what would trip it, and Monitoring makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi

AT_LEAST: Literal["GreaterThanOrEqualToThreshold"] = "GreaterThanOrEqualToThreshold"
BELOW: Literal["LessThanThreshold"] = "LessThanThreshold"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """It trips when `statistic` of the metric compares so with `threshold` in `periods` periods of `minutes` in a row.

    The defaults are those of a metric that is 1 when something is wrong. `means` says in words what that is, and
    `runbook`, `name` by default, heads a section of docs/runbooks.md. `silence` says what no data means: "breaching" if
    the resource always sends some.
    """

    name: str
    means: str
    namespace: str
    metric: str
    dimensions: Mapping[str, pulumi.Input[str]]
    statistic: Literal["Maximum", "Minimum", "Average", "Sum"] = "Maximum"
    comparison: Literal["GreaterThanOrEqualToThreshold", "LessThanThreshold"] = AT_LEAST
    threshold: float = 1
    minutes: int = 1
    periods: int = 1
    silence: Literal["breaching", "notBreaching"] = "notBreaching"
    runbook: str = ""

    @property
    def section(self) -> str:
        return self.runbook or self.name
