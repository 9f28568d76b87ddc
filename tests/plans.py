"""Recorded plans, and how tests find their way in them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

from plan import Plan, Resource, fakes, record
from plan.commands import ROOT

STACKS = ("dev", "prod")


@functools.cache
def recorded(stack: str) -> Plan:
    """The plan as it is now, recorded once in each process of the tests."""
    return record(stack, ROOT)


def named(plan: Plan, token: str, end: str) -> Resource:
    """The one resource of a type whose name ends like this."""
    (found,) = [resource for resource in plan.of_type(token) if resource.name.endswith(end)]
    return found


def before(plan: Plan, resources: Iterable[Resource]) -> set[str]:
    """Names of all that must be there before these, and outlives them on destroy: a provider does, too."""
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
    """The simulated id, which hides the resource's name."""
    return fakes.resource_id(resource.type, resource.name, resource.inputs)
