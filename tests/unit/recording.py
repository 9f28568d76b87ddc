"""Record a component under the plan's monitor, in this process: inputs, secrets, options and the SDK's checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
from pulumi.runtime.proto import resource_pb2

from plan import fakes_aws, wire
from plan.model import Resource
from plan.monitor import Monitor


class _Recorder(Monitor):
    """Also keeps the values that a plan masks."""

    def __init__(self, *, preview: bool) -> None:
        super().__init__("fraud-detection", "test", preview=preview, references=lambda _stack: {})
        self.opened: dict[str, dict[str, Any]] = {}

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        self.opened[request.name] = wire.opened(wire.decode_struct(request.object))
        return super().RegisterResource(request)


class Recorded(dict[str, Resource]):
    """Resources by name; a component only if no other resource has its name.

    `opened`: their inputs with unmasked secrets. `result`: the value of the Output that the program returned.
    """

    opened: dict[str, dict[str, Any]]
    result: Any = None

    def of_type(self, end: str) -> list[Resource]:
        """The resources whose type has this ending, e.g. `:Cluster`."""
        return [resource for resource in self.values() if resource.type.endswith(end)]


def record_component(build: Callable[[], object], *, preview: bool = False) -> Recorded:
    """The resources that `build` registers; with `preview`, computed outputs are unknown.

    Raises the program's errors, and AssertionError for two resources with one name, inputs that the installed SDK
    refuses, and secrets in plain text.
    """
    recorder, result = _run(build, preview)
    assert not recorder.problems, "\n".join(recorder.problems)
    custom = [resource for resource in recorder.resources.values() if resource.custom]
    components = {one.name: one for one in recorder.resources.values() if not one.custom}
    made = Recorded(components | {resource.name: resource for resource in custom})
    assert len({resource.name for resource in custom}) == len(custom), "two resources share a name; give each its own"
    made.opened, made.result = recorder.opened, result
    return made


def record_all(build: Callable[[], object], *, preview: bool = False) -> list[Resource]:
    """Like `record_component`, but resources of different types may share a name."""
    recorder, _ = _run(build, preview)
    assert not recorder.problems, "\n".join(recorder.problems)
    return list(recorder.resources.values())


def _run(build: Callable[[], object], preview: bool) -> tuple[_Recorder, Any]:
    recorder, results = _Recorder(preview=preview), list[Any]()
    pulumi.runtime.set_mocks(
        None,  # pyright: ignore[reportArgumentType]  # only the SDK's own monitor uses it
        project="fraud-detection",
        stack="test",
        preview=preview,
        monitor=recorder,  # pyright: ignore[reportArgumentType]
    )

    @pulumi.runtime.test
    def run() -> Any:
        found = build()
        return found.apply(results.append) if isinstance(found, pulumi.Output) else None

    run()
    return recorder, results[0] if results else None


def needs(resource: Resource) -> set[str]:
    """The names of a resource's direct dependencies."""
    return {urn.rsplit("::", 1)[1] for urn in resource.dependencies}


def secret(name: str, output: str = "result") -> str:
    """The recorder's value for a secret output."""
    return f"{fakes_aws.SECRET_PREFIX}{name}.{output}"
