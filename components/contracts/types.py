"""Column types of the contracts, and the column itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TinyInt:
    """An 8-bit signed integer; only in raw topics."""


@dataclass(frozen=True)
class SmallInt:
    """A 16-bit signed integer; only in raw topics."""


@dataclass(frozen=True)
class BigInt:
    """A 64-bit signed integer; 18 digits in Oracle."""


@dataclass(frozen=True)
class Integer:
    """A 32-bit signed integer; 9 digits in Oracle."""


@dataclass(frozen=True)
class Boolean:
    """True or false."""


@dataclass(frozen=True)
class Double:
    """A binary floating-point number of 64 bits, for scores and features; in no source table."""


@dataclass(frozen=True)
class Decimal:
    """An exact number of `precision` digits, `scale` of them after the point."""

    precision: int
    scale: int

    @property
    def limit(self) -> int:
        """The absolute value of every number that fits is below this limit."""
        return 10 ** (self.precision - self.scale)


@dataclass(frozen=True)
class String:
    """Text of at most `length` characters in the database; topics do not bound it."""

    length: int = 255


@dataclass(frozen=True)
class Text:
    """Text of any length; in no captured table, as change data capture would need a setting for it."""


@dataclass(frozen=True)
class Timestamp:
    """A point in time with `precision` digits of a second (Flink's TIMESTAMP_LTZ)."""

    precision: int = 3


Json = dict[str, Any] | list[Any] | str | float | bool | None
"""A decoded JSON value."""
ColumnType = BigInt | Integer | Boolean | Double | Decimal | String | Text | Timestamp
RawType = ColumnType | TinyInt | SmallInt
"""The type of a column of a raw topic."""


class Dialect:
    """The type names of one language; `{precision}` in a name stands for that field of the type."""

    def __init__(self, names: Mapping[type[RawType], str]) -> None:
        self._names = names

    def __call__(self, kind: RawType) -> str:
        """The type's name. Raises KeyError for a type that the language does not use."""
        return self._names[type(kind)].format_map(vars(kind))


@dataclass(frozen=True, kw_only=True)
class Column:
    """A `sensitive` column never leaves the database, and `references` names the table of a foreign key. No two rows
    have the same value in a `unique` column.

    `prose` is searched by word; other text is filtered and counted as a whole.
    """

    name: str
    type: ColumnType
    key: bool = False
    nullable: bool = False
    sensitive: bool = False
    unique: bool = False
    references: str = ""
    prose: bool = False
    doc: str = ""
