"""Reading inputs, of which any part may be missing, unknown or secret."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


class Opaque(enum.Enum):
    """A value that a control cannot see, and therefore never takes for a violation."""

    UNKNOWN = "unknown"
    """Known only after the deploy."""
    SECRET = "secret"  # noqa: S105 (a marker)
    """Marked as secret. Only a recorded plan says so: the engine hands secrets to a pack as plain values."""


Value = Mapping[str, Any] | Sequence[Any] | Opaque | float | None
"""An input, or a part of one."""
UNKNOWN, SECRET = Opaque.UNKNOWN, Opaque.SECRET


class Hidden(dict[str, Any]):
    """Inputs none of which can be seen: whatever is asked for may be there."""

    def get(self, key: str, default: Any = None) -> Any:
        return UNKNOWN

    def __bool__(self) -> bool:
        return True


def get(value: Value, *keys: str) -> Any:
    """The value at a path of keys: None when there is none, `Opaque` when a part of the path cannot be seen."""
    for key in keys:
        if isinstance(value, Opaque):
            return value
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def items(value: Value) -> Sequence[Any]:
    """The entries of a list, none when it is missing or cannot be seen."""
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def text(value: Any) -> str:
    """The value if it is a text that can be seen, else an empty one."""
    return value if isinstance(value, str) else ""


def absent(value: Value) -> bool:
    """Whether there is certainly nothing: missing, an empty text or an empty collection."""
    return value is None or (isinstance(value, str | Sequence | Mapping) and len(value) == 0)


def one_of(value: Any, *allowed: Any) -> bool:
    """Whether a value is, or may turn out to be, one of those allowed."""
    return isinstance(value, Opaque) or value in allowed


def enabled(value: Any) -> bool:
    """Whether a switch is on, or may turn out to be. Some are booleans on the wire and some are texts."""
    return one_of(value, True, "true")


def lacking(value: Any, wanted: Sequence[str]) -> list[str]:
    """Which of those wanted are certainly not in a list."""
    if isinstance(value, Opaque) or UNKNOWN in items(value):
        return []
    return [item for item in wanted if item not in items(value)]


def leaves(value: Value, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, value) of everything that is neither a mapping nor a list; indexes of lists are no part of a path."""
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
