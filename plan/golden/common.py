"""Split the stacks' documents into a common part, with `<stack>` for their names, and a rest for each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from components.contracts.types import Json

_PLACEHOLDERS = "<stack>", "<STACK>"
Part = dict[str, Any] | list[Any]
Rewrite = Callable[[str, str], str]
"""(text, stack) -> text."""


class _Nothing:
    """The type of `NOTHING`, an absent part; None is a value."""


NOTHING = _Nothing()


def split(values: Mapping[str, Any], *, as_sets: bool = False) -> tuple[Any, dict[str, Any]]:
    """The common part of the stacks' values and the rest by stack; each may be NOTHING.

    `as_sets` also splits lists, item by item. `joined` is the inverse.
    """
    if all(value and isinstance(value, dict) for value in values.values()):
        return _split_mappings(values)
    if as_sets and all(isinstance(value, list) for value in values.values()):
        return _split_sets(values)
    forms: tuple[Rewrite, ...] = (lambda text, _: text, neutral)
    for form in forms:
        found = [_rewritten(value, form, stack) for stack, value in values.items()]
        if len({json.dumps(one, sort_keys=True) for one in found}) == 1:  # to Python 1 and True are equal
            return found[0], dict.fromkeys(values, NOTHING)
    return NOTHING, dict(values)


def is_ambiguous(values: Any) -> bool:
    """Whether the values already contain a placeholder."""
    return any(mark in str(values) for mark in _PLACEHOLDERS)


def joined(common: Any, rest: Any, stack: str) -> Any:
    """Put together the parts that `split` made."""
    return _merged(_rewritten(common, _named, stack), rest)


def neutral(text: str, stack: str) -> str:
    """Replace the stack's name by `<stack>` where it is a whole word."""
    for name, mark in zip((stack, stack.upper()), _PLACEHOLDERS, strict=True):
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", mark, text)
    return text


def _named(text: str, stack: str) -> str:
    for name, mark in zip((stack, stack.upper()), _PLACEHOLDERS, strict=True):
        text = text.replace(mark, name)
    return text


def _rewritten(value: Json, form: Rewrite, stack: str, *, as_set: bool = False) -> Any:
    if isinstance(value, str):
        return form(value, stack)
    if isinstance(value, dict):
        items = ((key, _rewritten(item, form, stack, as_set=_may_be_set(key))) for key, item in value.items())
        return {form(key, stack): item for key, item in items}
    if isinstance(value, list):
        made = [_rewritten(item, form, stack) for item in value]
        return sorted(made) if as_set else made
    return value


def _may_be_set(key: str) -> bool:
    """Lists of options, `(name)`, are sets."""
    return key.startswith("(")


def _merged(one: Part, other: Part) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{key: _merged(one[key], item) if key in one else item for key, item in other.items()}}
    return sorted([*one, *other])


def _split_mappings(values: Mapping[str, dict[str, Any]]) -> tuple[Any, dict[str, Any]]:
    """Match keys regardless of the stacks' names in them."""
    keys = {stack: {neutral(key, stack): key for key in value} for stack, value in values.items()}
    common: dict[str, Any] = {}
    rest: dict[str, dict[str, Any]] = {stack: {} for stack in values}
    for key in dict.fromkeys(key for found in keys.values() for key in found):
        having = {stack: values[stack][found[key]] for stack, found in keys.items() if key in found}
        everywhere = len(having) == len(values)
        shared, left = split(having, as_sets=_may_be_set(key)) if everywhere else (NOTHING, having)
        common |= {} if shared is NOTHING else {key: shared}
        for stack, value in left.items():
            rest[stack] |= {} if value is NOTHING else {keys[stack][key]: value}
    return common or NOTHING, {stack: left or NOTHING for stack, left in rest.items()}


def _split_sets(values: Mapping[str, list[str]]) -> tuple[Any, dict[str, Any]]:
    items = {stack: {neutral(item, stack): item for item in value} for stack, value in values.items()}
    first, *others = items.values()
    common = set(first).intersection(*others)
    rest = {stack: [item for key, item in found.items() if key not in common] for stack, found in items.items()}
    return sorted(common) or NOTHING, {stack: left or NOTHING for stack, left in rest.items()}
