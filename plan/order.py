"""Order a plan's resources, regardless of the order in which threads registered them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from graphlib import TopologicalSorter

from plan.model import Resource


def topological(resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Parents and dependencies first; among those that are ready, by URN."""
    by_urn = {resource.urn: resource for resource in resources}
    sorter = TopologicalSorter({urn: _needs(resource) & by_urn.keys() for urn, resource in by_urn.items()})
    sorter.prepare()
    ready: list[str] = []
    ordered: list[Resource] = []
    while sorter.is_active():
        for urn in sorter.get_ready():
            heapq.heappush(ready, urn)
        urn = heapq.heappop(ready)
        ordered.append(by_urn[urn])
        sorter.done(urn)
    return tuple(ordered)


def _needs(resource: Resource) -> set[str]:
    provider = resource.options.get("provider")
    return {*resource.dependencies, *filter(None, (resource.parent, provider))}
