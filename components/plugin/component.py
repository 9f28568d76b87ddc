"""Base of the plugin's components: their Pulumi schemas, and conversion from and to plain values.

A Pulumi schema has texts, numbers, booleans, lists, maps and objects. Each schema is derived from the component's
arguments and its section of the settings, which remain the only declaration of names, types and defaults, and check
everything. A section's fields appear under their configuration keys. Resources cannot be arguments: to wait for one,
take an output that is known only after it exists.
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


class PluginComponent(pulumi.ComponentResource):
    """A component of the plugin, and parent of the component of the same name that does the work."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None) -> None:
        super().__init__(f"{PACKAGE}:index:{type(self).__name__}", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)

    def _set_outputs(self, **outputs: Any) -> None:
        """Set and register the outputs, without those that are None."""
        given = {name: pulumi.Output.from_input(value) for name, value in outputs.items() if value is not None}
        vars(self).update(given)
        self.register_outputs({camel_case(name): value.apply(_camel_keys) for name, value in given.items()})


def plugin_schema(
    args_class: type, *, overrides: Mapping[str, Any] | None = None, connections: Mapping[str, Any] | None = None
) -> Callable[[C], C]:
    """Give a component the annotations that the SDK's analyzer reads.

    Its inputs are the fields of `args_class`, where `overrides` replaces, adds or (with None) removes fields;
    `connections` are outputs.
    """

    def annotate(component: C) -> C:
        component.__init__.__annotations__["args"] = _schema_class(
            args_class, _fields(args_class) | dict(overrides or {})
        )
        component.__annotations__ |= {name: _schema_type(kind) for name, kind in (connections or {}).items()}
        component.__doc__ = f"{component.__doc__}\n\n{args_class.__doc__}"
        return component

    return annotate


def build(kind: type[T], values: Mapping[str, Any], **more: Any) -> T:
    """A dataclass or section from plain values. Raises its ValueError."""
    kinds = _fields(kind)
    return kind(**{name: _converted(name, kinds[name], value) for name, value in values.items()}, **more)


def connection_output(connection: Connection) -> pulumi.Output[Values]:
    """A connection's values, known once the connection is ready.

    The whole object is secret, because YAML programs lose the secrets inside an object.
    """
    values = {name: getattr(connection, name) for name in connection.deployed()}
    return pulumi.Output.secret(when_ready(getattr(connection, "ready", ()), values))


def when_ready(ready: Sequence[pulumi.Resource], value: pulumi.Input[T]) -> pulumi.Output[T]:
    """The value once the resources exist: its users then depend on them, too."""
    return pulumi.Output.all(value, *(resource.urn for resource in ready)).apply(lambda known: known[0])


def _camel_keys(value: Json) -> Any:
    return {camel_case(name): part for name, part in value.items()} if isinstance(value, dict) else value


def _schema_class(kind: type[Any], fields: Mapping[str, Any]) -> type:
    """A class with the annotations that the analyzer reads."""
    annotations = {name: _schema_type(field) for name, field in fields.items() if field}
    body = {"__annotations__": annotations, "__doc__": kind.__doc__, "__module__": __name__}
    return type(kind.__name__.removesuffix("Args"), (), body)


@functools.cache
def _object(kind: type[Any]) -> Any:
    return _schema_class(kind, _fields(kind))


def _fields(kind: Any) -> dict[str, Any]:
    """The fields' types, without resources and secrets; a default makes a field optional."""
    if issubclass(kind, Section):
        fields: list[Any] = list(kind.model_fields.values())
        return {key(one): one.annotation | None for one in fields if one.annotation is not Any}
    annotations = inspect.get_annotations(kind, eval_str=True)
    return {
        field.name: annotations[field.name] if field.default is dataclasses.MISSING else annotations[field.name] | None
        for field in dataclasses.fields(kind)
        if pulumi.Resource not in get_args(annotations[field.name])
    }


def _schema_type(kind: Any) -> Any:
    """The type that stands for another in the schema."""
    if analyzer.is_optional(kind):
        return _schema_type(_required(kind)) | None
    if analyzer.is_input(kind):
        return pulumi.Input[_schema_type(analyzer.unwrap_input(kind))]
    if get_origin(kind) in (tuple, Sequence):
        return list[_schema_type(get_args(kind)[0])]
    if _is_object(kind):
        # A connection may be another component's output.
        return pulumi.Input[_object(kind)] if issubclass(kind, Connection) else _object(kind)
    return {CredentialSlots: str, Decimal: float, Literal: str}.get(get_origin(kind) or kind, kind)


def _converted(name: str, kind: Any, value: Any) -> Any:
    """A plain value in the field's type. All numbers arrive as floats."""
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
    """Whether the schema has an object type for it; credential slots are text."""
    if kind is CredentialSlots:
        return False
    return dataclasses.is_dataclass(kind) or (isinstance(kind, type) and issubclass(kind, Section))


def _required(kind: Any) -> Any:
    """The type without None."""
    if not analyzer.is_optional(kind):
        return kind
    return Union[tuple(part for part in get_args(kind) if part is not type(None))]  # noqa: UP007 - made at run time
