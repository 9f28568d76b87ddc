"""Settings of the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ...constraints import Maybe, Slots, Text, Whole
from ...contracts import reserved
from ...credential_slots import CredentialSlots
from ...section import Problem, Section

IDENTIFIER = r"[a-z][a-z0-9_]{0,62}"
# EventBridge's six fields: one minute, one hour, and `?` for either the day or the weekday.
_FIELD = r"[0-9A-Z*,/#-]+"
CRON = rf"cron\([0-5]?\d ([01]?\d|2[0-3]) (\? {_FIELD} {_FIELD}|{_FIELD} {_FIELD} \?) {_FIELD}\)"
SCHEDULE = Maybe(Text(CRON, "a schedule such as cron(0 19 ? * MON-FRI *) in UTC"), "never")


class RedshiftSettings(Section):
    """While the cluster is paused, its connector fails; resume both together."""

    title: ClassVar[str] = "Redshift"

    node_type: Annotated[str, Text(r"[a-z0-9]+\.[a-z0-9]+", "a node type such as ra3.large")] = Field(
        default="ra3.large", validation_alias="redshiftNodeType", description="Node type of the Redshift cluster."
    )
    nodes: Annotated[int, Whole(1, 32)] = Field(
        default=1, validation_alias="redshiftNodes", description="Nodes of the Redshift cluster."
    )
    database: Annotated[str, Text(IDENTIFIER, "a lower-case database name", reserved.REDSHIFT, "Redshift")] = Field(
        default="fraud", validation_alias="redshiftDatabase", description="Redshift database."
    )
    pause: Annotated[str | None, SCHEDULE] = Field(
        default=None,
        validation_alias="redshiftPause",
        description="When the cluster pauses, e.g. cron(0 19 ? * MON-FRI *) in UTC; empty: never.",
    )
    resume: Annotated[str | None, SCHEDULE] = Field(
        default=None,
        validation_alias="redshiftResume",
        description="When the cluster resumes; required with redshiftPause.",
    )
    slots: Annotated[CredentialSlots, Slots()] = Field(
        default=CredentialSlots(),
        validation_alias="redshiftSlots",
        description="Users of the Redshift connector that exist, the active one first (docs/rotation.md).",
    )

    def problems(self) -> Iterator[Problem]:
        if bool(self.pause) != bool(self.resume):
            yield Problem("resume", self.resume or "", "a schedule with redshiftPause, and nothing without it")
        if self.pause and self.pause == self.resume:
            yield Problem("resume", self.resume, "another time than redshiftPause")

    def production_problems(self) -> Iterator[Problem]:
        if self.pause:
            yield Problem("pause", self.pause, "nothing in production: the warehouse must take every payment")
