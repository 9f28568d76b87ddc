"""How a component crosses to programs in other languages: plain values in, plain values out.

A Pulumi schema knows texts, numbers, booleans, lists, maps and objects of them. What a component of the plugin takes is
derived from the dataclass of the component behind it and from its section of the settings, which stay the one
declaration of names, types and defaults and do all checking. A section's fields cross as configuration keys. Resources
do not cross: whoever must wait for one takes an output that is known only then.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import pulumi
from pulumi.provider.experimental import analyzer
from pulumi.provider.experimental.util import camel_case

from ..connections import Connection
from ..contracts.types import Json
from ..credential_slots import CredentialSlots
from ..section import Section, key

PACKAGE = "fraud"
Values = dict[str, Any]
T = TypeVar("T")
C = TypeVar("C", bound=type)


class Crossing(pulumi.ComponentResource):
    """A component of the plugin; below it is the component of the same name that does the work."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"{PACKAGE}:index:{type(self).__name__}", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)

    def _give(self, **outputs: Any) -> None:
        """Set the outputs that the class declares; one that is None is left out."""
        given = {name: pulumi.Output.from_input(value) for name, value in outputs.items() if value is not None}
        vars(self).update(given)
        self.register_outputs({camel_case(name): value.apply(_in_schema_names) for name, value in given.items()})


def crossing(
    takes: type, *, instead: Mapping[str, Any] | None = None, gives: Mapping[str, Any] | None = None
) -> Callable[[C], C]:
    """Tell the SDK's analyzer what a component takes (the fields of a dataclass), and which outputs are connections.

    `instead` are fields that cross in another form, or that the plugin alone has; one that is None does not cross.
    """

    def note(component: C) -> C:
        component.__init__.__annotations__["args"] = _with_annotations(takes, _fields(takes) | dict(instead or {}))
        component.__annotations__ |= {name: _expressed(kind) for name, kind in (gives or {}).items()}
        component.__doc__ = f"{component.__doc__}\n\n{takes.__doc__}"
        return component

    return note


def build(kind: type[T], values: Mapping[str, Any], **more: Any) -> T:
    """The dataclass or section of plain values. Raises ValueError, as that does."""
    kinds = _fields(kind)
    return kind(**{name: _strict(name, kinds[name], value) for name, value in values.items()}, **more)


def told(connection: Connection) -> pulumi.Output[Values]:
    """What a deploy makes of a connection, known only when the connection may be used.

    A secret as a whole: YAML programs would lose one that is inside.
    """
    values = {name: getattr(connection, name) for name in connection.deployed()}
    return pulumi.Output.secret(once(getattr(connection, "ready", ()), values))


def once(ready: Sequence[pulumi.Resource], value: pulumi.Input[T]) -> pulumi.Output[T]:
    """The value when the resources are there: whatever takes it depends on them, too."""
    return pulumi.Output.all(value, *(resource.urn for resource in ready)).apply(lambda known: known[0])


def _in_schema_names(value: Json) -> Any:
    return {camel_case(name): part for name, part in value.items()} if isinstance(value, dict) else value


def _with_annotations(kind: type[Any], fields: Mapping[str, Any]) -> type:
    """A class as the analyzer reads it: by its annotations."""
    annotations = {name: _expressed(field) for name, field in fields.items() if field}
    body = {"__annotations__": annotations, "__doc__": kind.__doc__, "__module__": __name__}
    return type(kind.__name__.removesuffix("Args"), (), body)


@functools.cache
def _plain(kind: type[Any]) -> Any:
    if issubclass(kind, Section):
        SECTIONS[kind.__name__] = kind
    return _with_annotations(kind, _fields(kind))


SECTIONS: dict[str, type[Section]] = {}
"""Those that cross, by the name of their type in the schema."""


def _fields(kind: Any) -> dict[str, Any]:
    """The types of the fields, without those of resources and secrets; a default makes a field optional."""
    if issubclass(kind, Section):
        fields: list[Any] = list(kind.model_fields.values())
        return {key(one): one.annotation | None for one in fields if one.annotation is not Any}
    annotations = inspect.get_annotations(kind, eval_str=True)
    return {
        field.name: annotations[field.name] if field.default is dataclasses.MISSING else annotations[field.name] | None
        for field in dataclasses.fields(kind)
        if pulumi.Resource not in get_args(annotations[field.name])
    }


def _expressed(kind: Any) -> Any:
    """The type by which a schema expresses another."""
    if analyzer.is_optional(kind):
        return _expressed(_required(kind)) | None
    if analyzer.is_input(kind):
        return pulumi.Input[_expressed(analyzer.unwrap_input(kind))]
    if get_origin(kind) in (tuple, Sequence):
        return list[_expressed(get_args(kind)[0])]
    if _is_object(kind):
        # Another component may make a connection, so it may be an output as a whole.
        return pulumi.Input[_plain(kind)] if issubclass(kind, Connection) else _plain(kind)
    return {CredentialSlots: str, Decimal: float, Literal: str}.get(get_origin(kind) or kind, kind)


def _strict(name: str, kind: Any, value: Any) -> Any:
    """A plain value as the dataclass or section wants it. All numbers arrive as floats."""
    kind = _required(kind)
    if analyzer.is_input(kind):
        return value
    if kind is int:
        if value != int(value):
            raise ValueError(f"{name} is {value}; set it to a whole number")
        return int(value)
    if _is_object(kind):
        return build(kind, value)
    return tuple(value) if get_origin(kind) is tuple else value


def _is_object(kind: Any) -> bool:
    """Whether its fields cross; credential slots cross as their text."""
    return (kind is not CredentialSlots and dataclasses.is_dataclass(kind)) or _is_section(kind)


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Section)


def _required(kind: Any) -> Any:
    """The type without None."""
    if not analyzer.is_optional(kind):
        return kind
    return Union[tuple(part for part in get_args(kind) if part is not type(None))]  # noqa: UP007 - made at run time
