"""A section of a stack's settings: the only place of a configuration key's default, bounds and description.

A component takes its section as the argument `settings` and does not check it again. Programs set the fields by name;
stack files set the keys of `Pulumi.yaml`, which is generated from the sections.
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
    """A value that conflicts with other fields; None if it is missing. `fix` replaces the default advice."""

    field: str
    value: object
    allowed: str
    fix: str = ""


class Section(BaseModel):
    """Frozen settings. Invalid ones raise pydantic's ValidationError with every problem and without input values."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )

    title: ClassVar[str]

    def problems(self) -> Iterable[Problem]:
        """Problems that involve several fields."""
        return ()

    def production_problems(self) -> Iterable[Problem]:
        """Additional problems in a production stack."""
        return ()

    def of_deployment(self, name: str) -> Self:
        """The section with the defaults that depend on the deployment's name."""
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
    """A field's constraint; None for a secret."""
    return next((one for one in field.metadata if isinstance(one, Constraint)), None)


class SecretText:
    """What the text of a secret must be, in the annotation of its field. It may be checked only before a deploy."""

    allowed: ClassVar[str]

    def problems(self, text: str) -> Iterable[str]:
        """What is wrong with the text, without quoting it."""
        raise NotImplementedError


def secret_text(field: FieldInfo) -> SecretText | None:
    """What a secret's text must be; None for any text."""
    return next((one for one in field.metadata if isinstance(one, SecretText)), None)


PLACEHOLDER: dict[str, Any] = {"placeholder": True}
"""Marks a field that has only a placeholder as default: `json_schema_extra=PLACEHOLDER`."""


def only_placeholder(field: FieldInfo) -> bool:
    """Whether the user must replace a field's default before a deploy."""
    return field.json_schema_extra == PLACEHOLDER
