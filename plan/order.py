"""One order for the resources of a plan, whatever the order in which threads registered them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from plan.model import Resource


def topological(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Parents and dependencies first; among those that are ready, by URN.

    Registration guarantees that the graph has no cycle: a resource can only name URNs that exist already.
    """
    by_urn = {resource.urn: resource for resource in resources}
    waits_for = {urn: _needs(resource) & by_urn.keys() for urn, resource in by_urn.items()}
    dependents: dict[str, list[str]] = {urn: [] for urn in by_urn}
    for urn, needed in waits_for.items():
        for other in needed:
            dependents[other].append(urn)
    missing = {urn: len(needed) for urn, needed in waits_for.items()}
    ready = [urn for urn, count in missing.items() if count == 0]
    heapq.heapify(ready)
    ordered = list[Resource]()
    while ready:
        urn = heapq.heappop(ready)
        ordered.append(by_urn[urn])
        for dependent in dependents[urn]:
            missing[dependent] -= 1
            if missing[dependent] == 0:
                heapq.heappush(ready, dependent)
    return tuple(ordered)


def _needs(resource: Resource) -> set[str]:
    provider = resource.options.get("provider")
    return {*resource.dependencies, *filter(None, (resource.parent, provider))}
