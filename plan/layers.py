"""Join the layers of a deployment, one stack each, into one plan."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from plan.model import REFERENCE_TYPE, Plan
from plan.record import record


def record_deployment(stack: str, root: Path) -> Plan:
    """The plan of `stack` in update mode, with the resources of every stack it references. Raises PlanError."""
    plan = record(stack, root, mode="update")
    below = [
        record_deployment(reference.options["read"].rpartition("/")[2], root).resources
        for reference in plan.of_type(REFERENCE_TYPE)
    ]
    return dataclasses.replace(plan, resources=sum(below, start=()) + plan.resources)
