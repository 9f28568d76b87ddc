"""Outputs for a StackReference, from a recording of the other stack of the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plan import wire
from plan.model import PlanError
from plan.record import answer, start, under_way


def outputs_of(name: str, *, root: Path) -> dict[str, Any]:
    """Outputs of the stack `organization/project/stack`, secrets wrapped. Raises PlanError when it has problems."""
    stack = name.rpartition("/")[2]
    if stack in under_way():
        raise PlanError(f"The stacks refer to each other in a circle: {' -> '.join([*under_way(), stack])}.")
    said = answer(start(stack, root, "update", "outputs"))
    return {key: wire.Secret(value) if key in said["secret"] else value for key, value in said["outputs"].items()}


def answer_of(outputs: dict[str, Any]) -> dict[str, Any]:
    """The answer that `outputs_of` reads. A secret anywhere inside an output makes the whole output secret."""
    secret = [key for key, value in outputs.items() if _has_secret(value)]
    return {"outputs": wire.opened(outputs), "secret": secret}


def _has_secret(value: wire.Value) -> bool:
    if isinstance(value, wire.Secret):
        return True
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_secret, items))
