"""Creates resources side by side, each after its dependencies."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Sequence

from plan.model import Resource

AT_ONCE = 24


def put_off(resources: Sequence[Resource], late: Callable[[Resource], bool]) -> tuple[list[Resource], list[Resource]]:
    """Split `resources` in two, each with dependencies first: those that need no `late` one, and the rest."""
    rest: set[str] = set()
    for resource in resources:
        if late(resource) or not rest.isdisjoint(resource.dependencies):
            rest.add(resource.urn)
    return [each for each in resources if each.urn not in rest], [each for each in resources if each.urn in rest]


def create_all(resources: Sequence[Resource], create: Callable[[Resource], None]) -> None:
    """Create `resources`, given with dependencies first, side by side where their dependencies allow it.

    Dependencies outside `resources`, for example on order gates, do not count. Raises the RunError of the first
    resource, in the order of the plan, that cannot be created.
    """
    futures: dict[str, concurrent.futures.Future[None]] = {}

    def create_after(needed: list[concurrent.futures.Future[None]], resource: Resource) -> None:
        for future in needed:
            future.result()
        create(resource)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for resource in resources:
            # The pool starts tasks in this order, so a waiting task never blocks the ones it waits for.
            needed = [futures[urn] for urn in resource.dependencies if urn in futures]
            futures[resource.urn] = pool.submit(create_after, needed, resource)
        try:
            for resource in resources:
                futures[resource.urn].result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
