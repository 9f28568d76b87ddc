"""A section of a stack's settings: the one place of a configuration key's default, bounds and words.

A component takes its section as the argument `settings`, and checks nothing again. A program of one's own gives the
fields by name; a stack's file gives the keys of `Pulumi.yaml`, which is made from the sections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from .constraints import Constraint


@dataclass(frozen=True)
class Problem:
    """A field's value that does not fit the other fields, None if it is missing; `fix` if not another value."""

    field: str
    value: object
    allowed: str
    fix: str = ""


class Section(BaseModel):
    """Frozen. Raises pydantic's ValidationError, a ValueError with every problem, none of which quotes a value."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )

    title: ClassVar[str]

    def problems(self) -> Iterable[Problem]:
        """What only several fields together show."""
        return ()

    def production_problems(self) -> Iterable[Problem]:
        """What a production stack refuses beyond that."""
        return ()

    def of_deployment(self, name: str) -> Self:
        """The section with what follows from the deployment's name."""
        return self

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> Self:
        if info.context is not LENIENT and (found := list(self.problems())):
            text = "; ".join(f"{one.field} is {one.value!r}; allowed: {one.allowed}" for one in found)
            raise PydanticCustomError("inconsistent", "{text}", {"text": text})
        return self


LENIENT: Mapping[str, Any] = {}
"""The validation context of a reader that collects `problems` itself."""


def key(field: FieldInfo) -> str:
    """A field's configuration key."""
    assert isinstance(field.validation_alias, str), "a field of a section has a key: Field(validation_alias=...)"
    return field.validation_alias


def constraint(field: FieldInfo) -> Constraint | None:
    """What a field may be; None for a secret."""
    return next((one for one in field.metadata if isinstance(one, Constraint)), None)


PLACEHOLDER: dict[str, Any] = {"placeholder": True}
"""Of a field whose default stands for a value that only the user knows: `json_schema_extra=PLACEHOLDER`."""


def only_placeholder(field: FieldInfo) -> bool:
    """Whether a field's default is no value to deploy with."""
    return field.json_schema_extra == PLACEHOLDER
