"""A component under the plan's own monitor, in this process: inputs, options, dependencies and the SDK's checks."""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from plan.model import Resource
from plan.monitor import Monitor
from tests.unit.mocks import Mocks


def record_component(build: Callable[[], object], *, preview: bool = False) -> dict[str, Resource]:
    """What `build` registers, by name. Raises AssertionError, too, when two resources share a name."""
    resources = record_all(build, preview=preview)
    made = {resource.name: resource for resource in resources}
    assert len(made) == len(resources), "two resources share a name; give each its own"
    return made


def record_all(build: Callable[[], object], *, preview: bool = False) -> list[Resource]:
    """What `build` registers; `preview` leaves computed outputs unknown.

    Raises what the program raises, and AssertionError when an input is refused by the installed SDK's types.
    """
    monitor = Monitor("fraud-detection", "test", preview=preview, references=lambda _stack: {})
    pulumi.runtime.set_mocks(Mocks(), project="fraud-detection", stack="test", preview=preview, monitor=monitor)  # pyright: ignore[reportArgumentType]

    @pulumi.runtime.test
    def run() -> None:
        build()

    run()
    assert not monitor.problems, "\n".join(monitor.problems)
    return list(monitor.resources.values())


def needs(resource: Resource) -> set[str]:
    """Names of what a resource waits for directly."""
    return {urn.rsplit("::", 1)[1] for urn in resource.dependencies}
