"""The choice of sinks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from components.constraints import Subset
from components.section import Problem, Section
from components.sinks.sinks import SINKS


class SinkChoice(Section):
    """A store can exist without its connector."""

    title: ClassVar[str] = "Sinks"

    stores: Annotated[tuple[str, ...], Subset(tuple(SINKS))] = Field(
        default=tuple(SINKS), validation_alias="sinks", description="Stores to create."
    )
    connectors: Annotated[tuple[str, ...], Subset(tuple(SINKS))] = Field(
        default=tuple(SINKS), validation_alias="connectors", description="Stores to feed, out of sinks."
    )

    def problems(self) -> Iterator[Problem]:
        for name in self.connectors:
            if name not in self.stores:
                allowed, fix = f"out of sinks {list(self.stores)}", f"add {name} to sinks, or drop it here"
                yield Problem("connectors", list(self.connectors), allowed, fix)
