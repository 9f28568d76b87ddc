"""Constraints on settings: each reads a value, possibly from configuration text, or refuses it.

A field has its constraint in its annotation: `volume_gib: Annotated[int, Whole(40, 16_384)]`.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .contracts.types import Json
from .credential_slots import ALLOWED as ALLOWED_SLOTS
from .credential_slots import CredentialSlots

LONGEST_QUOTE = 200


class NotAllowedError(ValueError):
    """The value is not allowed. The message, if any, adds to the constraint's `allowed` text."""


class Constraint(ABC):
    """`allowed` describes the values that `read` accepts."""

    @property
    @abstractmethod
    def allowed(self) -> str: ...

    @abstractmethod
    def read(self, value: object) -> Any:
        """The value in the setting's type. Raises NotAllowedError."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validate)

    def _validate(self, value: object) -> Any:
        try:
            return self.read(value)
        except NotAllowedError as refused:
            allowed = f"{self.allowed} ({refused})" if str(refused) else self.allowed
            told = {"given": shortened(repr(value)), "allowed": allowed}
            raise PydanticCustomError("refused", "{given} is not allowed; allowed: {allowed}", told) from None


@dataclass(frozen=True)
class Text(Constraint):
    """Text that fully matches `pattern` and is not one of the `reserved` words of `reserved_by`."""

    pattern: str
    words: str
    reserved: Collection[str] = ()
    reserved_by: str = ""

    @property
    def allowed(self) -> str:
        return self.words

    def read(self, value: object) -> str:
        text = str(value)
        if not re.fullmatch(self.pattern, text):
            raise NotAllowedError
        if text in self.reserved:
            raise NotAllowedError(f"{text} is a reserved word of {self.reserved_by}")
        return text


@dataclass(frozen=True)
class Maybe(Constraint):
    """A value that `inner` accepts, or nothing, read as None; `nothing` describes what that means."""

    inner: Constraint
    nothing: str = ""

    @property
    def allowed(self) -> str:
        return f"{self.inner.allowed}, or nothing{self.nothing and f': {self.nothing}'}"

    def read(self, value: object) -> Any:
        return None if value in (None, "") else self.inner.read(value)


@dataclass(frozen=True)
class OneOf(Constraint):
    values: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return ", ".join(self.values)

    def read(self, value: object) -> str:
        if str(value) not in self.values:
            raise NotAllowedError
        return str(value)


class Share(Constraint):
    """A probability."""

    @property
    def allowed(self) -> str:
        return "a number from 0.01 to 1, with at most four decimals"

    def read(self, value: object) -> Decimal:
        try:
            share = Decimal(str(value))
        except InvalidOperation:
            raise NotAllowedError from None
        if not (share.is_finite() and Decimal("0.01") <= share <= 1 and share == round(share, 4)):
            raise NotAllowedError
        return share


class Slots(Constraint):
    @property
    def allowed(self) -> str:
        return ", ".join(ALLOWED_SLOTS)

    def read(self, value: object) -> CredentialSlots:
        if isinstance(value, CredentialSlots):
            return value
        if str(value) not in ALLOWED_SLOTS:
            raise NotAllowedError
        return CredentialSlots(str(value))


@dataclass(frozen=True)
class Whole(Constraint):
    """A whole number from `low` to `high`, or one of `only`."""

    low: int = 0
    high: int = 0
    only: Sequence[int] = ()

    @property
    def allowed(self) -> str:
        return ", ".join(map(str, self.only)) if self.only else f"a whole number from {self.low} to {self.high}"

    def read(self, value: object) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise NotAllowedError from None
        if number not in self.only if self.only else not self.low <= number <= self.high:
            raise NotAllowedError
        return number


@dataclass(frozen=True)
class Money(Constraint):
    """An exact amount with at most two decimals."""

    low: str
    high: str

    @property
    def allowed(self) -> str:
        return f"an amount from {self.low} to {self.high} with at most two decimals"

    def read(self, value: object) -> Decimal:
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            raise NotAllowedError from None
        # The range comes first: `round` fails for an amount with more digits than Decimal's precision.
        if not (amount.is_finite() and Decimal(self.low) <= amount <= Decimal(self.high)) or amount != round(amount, 2):
            raise NotAllowedError
        return round(amount, 2)


class Flag(Constraint):
    @property
    def allowed(self) -> str:
        return "true or false"

    def read(self, value: object) -> bool:
        text = str(value).lower()
        if text not in ("true", "false"):
            raise NotAllowedError
        return text == "true"


@dataclass(frozen=True)
class Texts(Constraint):
    """A list of texts, each of which matches `pattern`."""

    pattern: str
    words: str

    @property
    def allowed(self) -> str:
        return f"a list: {self.words}"

    def read(self, value: object) -> tuple[str, ...]:
        items = _items(value)
        if any(not re.fullmatch(self.pattern, item) for item in items):
            raise NotAllowedError
        return items


@dataclass(frozen=True)
class Subset(Constraint):
    """A list of distinct values out of `values`, read in the order of `values`."""

    values: tuple[str, ...]

    @property
    def allowed(self) -> str:
        return f"a list of different values out of {', '.join(self.values)}"

    def read(self, value: object) -> tuple[str, ...]:
        items = _items(value)
        if set(items) - set(self.values) or len(set(items)) != len(items):
            raise NotAllowedError
        return tuple(item for item in self.values if item in items)


@dataclass(frozen=True)
class Networks(Constraint):
    """A list of IPv4 networks that do not overlap; 0.0.0.0/0 only with `everyone`."""

    everyone: bool = False

    @property
    def allowed(self) -> str:
        return "a list of IPv4 networks such as 203.0.113.0/24"

    def read(self, value: object) -> tuple[str, ...]:
        try:
            networks = [ipaddress.IPv4Network(item) for item in _items(value)]
        except NotAllowedError:
            raise
        except ValueError as error:
            raise NotAllowedError(error) from None
        if any(one.overlaps(other) for one, other in itertools.combinations(networks, 2)):
            raise NotAllowedError("two of them overlap")
        if not self.everyone and any(network.prefixlen == 0 for network in networks):
            raise NotAllowedError("0.0.0.0/0 is everyone")
        return tuple(map(str, networks))


def _items(value: Any) -> tuple[str, ...]:
    """The items of a list, which may be JSON text."""
    try:
        items: Json | tuple[Any, ...] = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):  # not JSON, a number with thousands of digits, or nested too deep
        items = None
    if not isinstance(items, list | tuple):
        raise NotAllowedError("not a list")
    return tuple(map(str, items))


def shortened(text: str) -> str:
    """A value for an error message, cut so that a pasted file does not bury the other problems."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}… ({len(text)} characters)"
