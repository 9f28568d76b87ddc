"""Settings of alarms and budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ..constraints import Texts, Whole
from ..section import Problem, Section

ADDRESS = Texts(r"[^@\s]{1,64}@[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+", 'e-mail addresses such as "oncall@example.com"')


class MonitoringSettings(Section):
    title: ClassVar[str] = "Alarms and budget"

    alarm_emails: Annotated[tuple[str, ...], ADDRESS] = Field(
        default=(),
        validation_alias="alarmEmails",
        description="Who is told of alarms and of the budget; each address must confirm AWS's message once.",
    )
    monthly_budget: Annotated[int, Whole(0, 1_000_000)] = Field(
        default=0,
        validation_alias="monthlyBudget",
        description="USD a month for the deployment in AWS: a message at 80 % of it, and when the forecast passes it; "
        "0 means no budget.",
    )

    def problems(self) -> Iterator[Problem]:
        if self.monthly_budget and not self.alarm_emails:
            yield Problem("monthly_budget", self.monthly_budget, "0 without alarmEmails: nobody would be told")

    def production_problems(self) -> Iterator[Problem]:
        if not self.alarm_emails:
            yield Problem("alarm_emails", [], "at least one address in production: nobody would be told")
