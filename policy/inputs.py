"""Read inputs of which any part may be missing, unknown or secret."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class Opaque(enum.Enum):
    """A value that a control cannot see and never reports."""

    UNKNOWN = "unknown"
    """Known only after the deploy."""
    SECRET = "secret"  # noqa: S105 (a marker)
    """Marked as secret; only in a recorded plan, because the engine passes plain values to a pack."""


Value = Mapping[str, Any] | Sequence[Any] | Opaque | float | None
"""An input, or a part of one."""
UNKNOWN, SECRET = Opaque.UNKNOWN, Opaque.SECRET


class Hidden(dict[str, Any]):
    """Inputs that a control cannot see: every key may be present."""

    def get(self, key: str, default: Any = None) -> Any:
        return UNKNOWN

    def __bool__(self) -> bool:
        return True


def get(value: Value, *keys: str) -> Any:
    """The value at a path of keys: None if it is missing, `Opaque` if a part of the path is opaque."""
    for key in keys:
        if isinstance(value, Opaque):
            return value
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: Value) -> Sequence[Any]:
    """The entries of a list; none if it is missing or opaque."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def text(value: Any) -> str:
    """The value if it is a visible text, else an empty text."""
    return value if isinstance(value, str) else ""


def absent(value: Value) -> bool:
    """Whether a value is certainly missing or empty."""
    return value is None or (isinstance(value, str | Sequence | Mapping) and len(value) == 0)


def one_of(value: Any, *allowed: Any) -> bool:
    """Whether a value is, or may be, one of the allowed ones."""
    return isinstance(value, Opaque) or value in allowed


def enabled(value: Any) -> bool:
    """Whether a switch is, or may be, on. Some are booleans on the wire and some are texts."""
    return one_of(value, True, "true")


def lacking(value: Any, wanted: Sequence[str]) -> list[str]:
    """The wanted values that are certainly not in the list."""
    if isinstance(value, Opaque) or UNKNOWN in items(value):
        return []
    return [item for item in wanted if item not in items(value)]


def leaves(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of everything that is neither a mapping nor a list; paths contain no list indexes."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, (*path, str(key)))
    elif items(value):
        for item in items(value):
            yield from leaves(item, path)
    else:
        yield path, value


def words(key: str) -> list[str]:
    """A key's words in lower case: `masterPassword`, `database.password`, `DB_PASSWORD` end with `password`."""
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key).lower())
