"""Resources for the tests, and variants of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from policy.model import Options, Resource

GONE = object()
"""As a value for `but`: the input is left out."""


@dataclass(frozen=True)
class Case:
    """Bad stacks, which violate a control in one way each, and good stacks."""

    bad: Sequence[Sequence[Resource]]
    good: Sequence[Sequence[Resource]]


def case(*, bad: Sequence[Resource], good: Sequence[Resource]) -> Case:
    """Cases of a control that judges single resources."""
    return Case([[one] for one in bad], [[one] for one in good])


def make(
    token: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    name: str = "it",
    stack: str = "dev",
    on: Sequence[Resource] = (),
    provider: str | None = "urn:pulumi:dev::fraud::pulumi:providers:aws::mine",
    **options: Any,
) -> Resource:
    """A resource; `on` are its dependencies, `options` the fields of policy.model.Options."""
    return Resource(
        urn=f"urn:pulumi:{stack}::fraud::{token}::{name}",
        type=token,
        name=name,
        inputs=inputs or {},
        options=Options(**options),
        provider=provider,
        dependencies=frozenset(one.urn for one in on),
    )


def but(resource: Resource, *path: str | int, to: Any) -> Resource:
    """The same resource with another value at a path."""
    inputs: Any = copy.deepcopy(dict(resource.inputs))
    place = inputs
    for key in path[:-1]:
        place = place[key]
    if to is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return replace(resource, inputs=inputs)


def optioned(resource: Resource, **options: Any) -> Resource:
    """The same resource with other options."""
    return replace(resource, options=replace(resource.options, **options))


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every value in inputs, branches included."""
    entries: Any = ()
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, item in entries:
        yield (*path, key)
        yield from paths(item, (*path, key))
