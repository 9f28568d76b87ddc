"""The order in which the scheduler creates resources."""

from __future__ import annotations

import time

from local.apply.scheduler import create_all, put_off
from plan import Resource


class Slow:
    """Records the begin and the end of each creation."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def __call__(self, resource: Resource) -> None:
        self.notes.append(f"{resource.name} begins")
        time.sleep(0.05)
        self.notes.append(f"{resource.name} ends")


def resource(name: str, *needs: str) -> Resource:
    return Resource(urn=name, type="t", name=name, parent="", custom=True, inputs={}, dependencies=needs)


def test_independent_resources_are_created_side_by_side() -> None:
    handler = Slow()
    create_all([resource("a"), resource("b")], handler)
    assert {*handler.notes[:2]} == {"a begins", "b begins"}


def test_dependencies_come_first() -> None:
    handler = Slow()
    create_all([resource("a"), resource("b", "a")], handler)
    assert handler.notes == ["a begins", "a ends", "b begins", "b ends"]


def test_resources_that_need_a_late_one_are_late_too() -> None:
    resources = [resource("a"), resource("b", "a"), resource("c", "b"), resource("d", "a")]
    first, rest = put_off(resources, lambda each: each.name == "b")
    assert ([each.name for each in first], [each.name for each in rest]) == (["a", "d"], ["b", "c"])
