"""Recorded plans, and look-ups in them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

from plan import Plan, Resource, fakes, record
from plan.commands import ROOT

STACKS = ("dev", "prod")


@functools.cache
def recorded(stack: str) -> Plan:
    """The present plan, recorded once in each test process."""
    return record(stack, ROOT)


def named(plan: Plan, token: str, end: str) -> Resource:
    """The only resource of type `token` whose name ends with `end`."""
    (found,) = [resource for resource in plan.of_type(token) if resource.name.endswith(end)]
    return found


def before(plan: Plan, resources: Iterable[Resource]) -> set[str]:
    """Names of all direct and indirect dependencies, providers included."""
    by_urn, found, todo = plan.by_urn(), dict[str, None](), list(resources)
    while todo:
        for urn in _needed(todo.pop()):
            if urn in by_urn and urn not in found:
                found[urn] = None
                todo.append(by_urn[urn])
    return {by_urn[urn].name for urn in found}


def _needed(resource: Resource) -> Iterator[str]:
    yield from resource.dependencies
    if provider := resource.options.get("provider"):
        yield provider


def id_of(resource: Resource) -> str:
    """The resource's simulated id."""
    return fakes.resource_id(resource.type, resource.name, resource.inputs)
