"""Makes the resources of a plan, each as soon as those are there that it names as dependencies."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Sequence

from plan.model import Resource

AT_ONCE = 24


def put_off(resources: Sequence[Resource], late: Callable[[Resource], bool]) -> tuple[list[Resource], list[Resource]]:
    """Split `resources`, both parts dependencies first: what needs none that is `late`, and the rest."""
    rest: set[str] = set()
    for resource in resources:
        if late(resource) or not rest.isdisjoint(resource.dependencies):
            rest.add(resource.urn)
    return [each for each in resources if each.urn not in rest], [each for each in resources if each.urn in rest]


def create_all(resources: Sequence[Resource], create: Callable[[Resource], None]) -> None:
    """Create `resources`, which come dependencies first, side by side where the plan allows it.

    Dependencies on others do not count. Order gates are among those: what they wait for is checked once, for the whole
    run, when everything was made.

    Raises:
        RunError: of the first resource, in the order of the plan, that could not be made.
    """
    futures: dict[str, concurrent.futures.Future[None]] = {}

    def create_after(needed: list[concurrent.futures.Future[None]], resource: Resource) -> None:
        for future in needed:
            future.result()
        create(resource)

    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for resource in resources:
            # The pool takes tasks in this order, so one that waits never holds back one that it waits for.
            needed = [futures[urn] for urn in resource.dependencies if urn in futures]
            futures[resource.urn] = pool.submit(create_after, needed, resource)
        try:
            for resource in resources:
                futures[resource.urn].result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
