"""A deployment that is split into layers, each a stack of its own, as one plan."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from plan.model import REFERENCE_TYPE, Plan
from plan.record import record


def record_deployment(stack: str, root: Path) -> Plan:
    """The plan of `stack` in update mode, after the resources of each stack that it refers to. Raises PlanError."""
    plan = record(stack, root, mode="update")
    below = [
        record_deployment(reference.options["read"].rpartition("/")[2], root).resources
        for reference in plan.of_type(REFERENCE_TYPE)
    ]
    return dataclasses.replace(plan, resources=sum(below, start=()) + plan.resources)
