"""Check a resource's inputs against the annotations of the installed SDK: missing, misspelt, wrong type, wrong enum.

The generated Python packages are the only source: type token -> resource class (the table that each SDK registers with
pulumi.runtime) -> its Args class (from the overloads of `__init__`) -> wire name, type and required-ness of each field.
The SDK itself passes a dict of any keys and types to the provider, which would fail in mid-deploy.
"""

from __future__ import annotations

import collections.abc as cabc
import difflib
import enum
import functools
import importlib
import inspect
import json
import types
import typing
from typing import Any

import pulumi
from pulumi import _types  # pyright: ignore[reportPrivateUsage] - the SDK's only reader of the names and types that generated packages declare
from pulumi.runtime import rpc

from plan.wire import UNKNOWN, AssetValue, Reference, Secret, Value

_UNIONS = (typing.Union, types.UnionType)
_HINT_NAMES = {"Output": pulumi.Output, "T": type(None)}
_LISTED = 12
"""An enum with up to this many members is listed in full in the message."""


class Problem(typing.NamedTuple):
    path: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


class Field(typing.NamedTuple):
    python_name: str
    hint: Any
    required: bool


@functools.cache
def resource_class(token: str) -> type | None:
    """The class that an imported SDK registered for a type token, or None."""
    package, module, kind = token.split(":", 2)
    if token.startswith("pulumi:providers:"):
        info = getattr(rpc.get_resource_package(kind, ""), "pkg_info", {})
        name = info.get("class")
    else:
        info = getattr(rpc.get_resource_module(package, module, ""), "mod_info", {})
        name = info.get("classes", {}).get(token)
    return getattr(importlib.import_module(info["fqn"]), name) if name else None


def output_types(token: str) -> dict[str, Any]:
    """Wire name -> type of every output that the SDK declares for a resource; empty for a component."""
    found = resource_class(token)
    return dict(_types.resource_types(found)) if found else {}


@functools.cache
def _args_class(resource: type) -> type | None:
    for overload in typing.get_overloads(resource.__init__):
        if "args" in overload.__annotations__:
            for found in _alternatives(typing.get_type_hints(overload, localns=_HINT_NAMES)["args"]):
                if isinstance(found, type) and _types.is_input_type(found):
                    return found
    return None


@functools.cache
def _fields(args_class: type) -> dict[str, Field]:
    hints = typing.get_type_hints(args_class.__init__, localns=_HINT_NAMES)
    parameters = inspect.signature(args_class.__init__).parameters
    return {
        wire: Field(name, hints.get(name, Any), parameters[name].default is inspect.Parameter.empty)
        for name, wire in _types.input_type_py_to_pulumi_names(args_class).items()
        if name in parameters
    }


@functools.cache
def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The value types left when Input, Optional, Output, Awaitable and Union are taken apart."""
    if typing.get_origin(hint) in _UNIONS:
        return tuple(found for part in typing.get_args(hint) for found in _alternatives(part))
    if hint is type(None) or hint is pulumi.Output or typing.get_origin(hint) in (cabc.Awaitable, pulumi.Output):
        return ()
    if typing.is_typeddict(hint):  # XArgsDict is the dict form of XArgs
        args = getattr(importlib.import_module(hint.__module__), hint.__name__.removesuffix("Dict"), None)
        return (args,) if args else ()
    return (hint,)


def validate(token: str, inputs: dict[str, Any]) -> list[Problem]:
    """Problems of one registration; `inputs` as `wire.decode_struct` gives them. No message shows a secret's value."""
    resource = resource_class(token)
    if resource is None:
        if token.startswith("kubernetes:"):  # a custom resource of a CRD: its schema is not in the SDK
            return []
        return [Problem(token, "no installed SDK has this resource type")]
    args = _args_class(resource)
    if args is None:
        return []
    if token.startswith("pulumi:providers:"):
        inputs = {key: _provider_value(value, _fields(args).get(key)) for key, value in inputs.items()}
    return _check_object(inputs, args, "", secret=False)


def _provider_value(value: Any, field: Field | None) -> Any:
    """Decode a provider's inputs that are not strings: the SDK sends them as JSON text."""
    if isinstance(value, Secret):
        return Secret(_provider_value(value.value, field))
    if not isinstance(value, str) or field is None or str in _alternatives(field.hint):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _check(value: Value, hint: Any, path: str, *, secret: bool) -> list[Problem]:
    if isinstance(value, Secret):
        return _check(value.value, hint, path, secret=True)
    options = _alternatives(hint)
    if value is None or value is UNKNOWN or not options or Any in options:
        return []
    enums = [option for option in options if isinstance(option, type) and issubclass(option, enum.Enum)]
    if enums and isinstance(value, str):  # `Union[str, SomeEnum]` accepts any text, but means the enum
        options = tuple(enums)
    return min((_check_one(value, option, path, secret) for option in options), key=_distance)


def _distance(problems: list[Problem]) -> tuple[bool, int, int]:
    """Sort key for a union's alternatives: without problems first, then the deepest fit."""
    return bool(problems), -max((problem.path.count(".") for problem in problems), default=0), len(problems)


def _check_one(value: Value, expected: Any, path: str, secret: bool) -> list[Problem]:
    origin = typing.get_origin(expected)
    wrong = [Problem(path, f"expected {_named(expected)}, got {_shown(value, secret)}")]
    if origin in (list, cabc.Sequence):
        (item,) = typing.get_args(expected) or (Any,)
        if not isinstance(value, list):
            return wrong
        return [p for i, v in enumerate(value) for p in _check(v, item, f"{path}[{i}]", secret=secret)]
    fields = value if isinstance(value, dict) and not isinstance(value, AssetValue) else None
    if origin in (dict, cabc.Mapping):
        item = (typing.get_args(expected) or (str, Any))[1]
        if fields is None:
            return wrong
        return [p for k, v in fields.items() for p in _check(v, item, f"{path}.{k}", secret=secret)]
    if not inspect.isclass(expected):
        return []
    if _types.is_input_type(expected):
        return wrong if fields is None else _check_object(fields, expected, path, secret=secret)
    if issubclass(expected, enum.Enum):
        return _check_enum(value, expected, path, secret)
    return [] if _fits(value, expected) else wrong


def _fits(value: Any, expected: type) -> bool:
    if expected is bool:
        return isinstance(value, bool)
    if expected in (int, float):
        return isinstance(value, (int, expected)) and not isinstance(value, bool)
    if expected is str:
        return isinstance(value, str)
    if issubclass(expected, (pulumi.Asset, pulumi.Archive)):
        return isinstance(value, AssetValue)
    if issubclass(expected, pulumi.Resource):
        return isinstance(value, Reference)
    return True


def _check_enum(value: Any, expected: type[enum.Enum], path: str, secret: bool) -> list[Problem]:
    allowed = [member.value for member in expected]
    if value in allowed:
        return []
    hint = f"; one of {', '.join(map(str, allowed))}" if len(allowed) <= _LISTED else ""
    if isinstance(value, str) and not hint and not secret:
        hint = _did_you_mean(value, [str(member) for member in allowed])
    return [Problem(path, f"{_shown(value, secret)} is not a {expected.__name__}{hint}")]


def _check_object(value: dict[str, Any], args_class: type, path: str, *, secret: bool) -> list[Problem]:
    fields, problems = _fields(args_class), list[Problem]()
    for key, item in value.items():
        at = f"{path}.{key}" if path else key
        if key in fields:
            problems += _check(item, fields[key].hint, at, secret=secret)
        else:
            python_names = {field.python_name for field in fields.values()} | set(fields)
            problems.append(
                Problem(at, f"{args_class.__name__} has no such input{_suggest(key, fields, python_names)}")
            )
    for key, field in fields.items():
        if field.required and value.get(key) is None:
            text = f"{args_class.__name__} requires {field.python_name!r}, which is missing"
            problems.append(Problem(path or key, text))
    return problems


def _suggest(key: str, fields: dict[str, Field], names: set[str]) -> str:
    if key in names:  # a dict keeps its snake_case keys where the wire wants camelCase
        wire = next(wire for wire, field in fields.items() if field.python_name == key)
        return f"; write {wire!r} in a dict, or use the Args class"
    return _did_you_mean(key, sorted(names))


def _did_you_mean(text: str, candidates: list[str]) -> str:
    near = difflib.get_close_matches(text, candidates, 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _named(expected: Any) -> str:
    names = {str: "text", int: "a whole number", float: "a number", bool: "True or False"}
    if expected in names:
        return names[expected]
    if typing.get_origin(expected) in (list, cabc.Sequence):
        return "a list"
    if typing.get_origin(expected) in (dict, cabc.Mapping):
        return "a mapping"
    return getattr(expected, "__name__", str(expected))


def _shown(value: Any, secret: bool) -> str:
    if secret:
        return "a secret that does not fit"
    if isinstance(value, Reference):
        return "a resource (pass its id, arn or name instead)"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '…'}"
