"""What analysts see of the fraud rules' results: the panels of the dashboard, over the columns of the contracts.

`charts()` and `SEARCHES` are the whole dashboard. Each panel is a question to OpenSearch (`questions`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .rules import read as read_rules
from .tables import FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE, Table

TIME_FIELD = {FRAUD_ALERT.topic: "event_time", FLAGGED_USER.topic: "updated_at", FRAUD_EPISODE.topic: "last_at"}
INDEXED = (FRAUD_ALERT, FLAGGED_USER, FRAUD_EPISODE)


@dataclass(frozen=True)
class Aggregation:
    """One metric or bucket of a chart; `role` is metric, segment, group or bucket."""

    kind: str
    role: str
    column: str | None = None
    settings: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A panel's place on the dashboard, which is 48 columns wide."""

    name: str
    title: str
    table: Table
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Chart(Panel):
    """`form` is OpenSearch Dashboards' chart type: metric, histogram, pie or table."""

    form: str
    aggregations: tuple[Aggregation, ...]


@dataclass(frozen=True, kw_only=True)
class Search(Panel):
    """A table of documents, those with the highest `first` on top, then the newest."""

    columns: tuple[str, ...]
    first: tuple[str, ...] = ()


def _count() -> Aggregation:
    return Aggregation("count", "metric")


def _terms(column: str, role: str, size: int) -> Aggregation:
    return Aggregation("terms", role, column, {"size": size, "order": "desc", "orderBy": "1"})


def charts() -> tuple[Chart, ...]:
    """The charts. Charts by rule have a bucket for each fraud rule and for the score."""
    rules = len(read_rules()) + 1
    return (
        Chart(
            name="alert-count", title="Alerts", table=FRAUD_ALERT, form="metric", aggregations=(_count(),),
            x=0, y=0, width=12, height=7,
        ),
        Chart(
            name="flagged-count", title="Flagged users", table=FLAGGED_USER, form="metric", aggregations=(_count(),),
            x=12, y=0, width=12, height=7,
        ),
        # Not the sum of the alerts: a payment that breaks two rules has two alerts.
        Chart(
            name="flagged-amount", title="Amount of the flagged users", table=FLAGGED_USER, form="metric",
            aggregations=(Aggregation("sum", "metric", "total_amount"),),
            x=24, y=0, width=24, height=7,
        ),
        Chart(
            name="alerts-over-time", title="Alerts over time by rule", table=FRAUD_ALERT, form="histogram",
            aggregations=(
                _count(),
                Aggregation("date_histogram", "segment", "event_time", {"interval": "auto", "min_doc_count": 1}),
                _terms("rule_id", "group", rules),
            ),
            x=0, y=23, width=32, height=14,
        ),
        Chart(
            name="amount-by-rule", title="Amount by rule", table=FRAUD_ALERT, form="pie",
            aggregations=(Aggregation("sum", "metric", "amount"), _terms("rule_id", "segment", rules)),
            x=32, y=23, width=16, height=14,
        ),
        Chart(
            name="top-accounts", title="Accounts with most alerts", table=FRAUD_ALERT, form="table",
            aggregations=(
                _count(),
                Aggregation("sum", "metric", "amount"),
                Aggregation("max", "metric", "score"),
                _terms("ACCOUNT_ID", "bucket", 20),
            ),
            x=0, y=37, width=24, height=14,
        ),
        Chart(
            name="score-distribution", title="Alerts by score", table=FRAUD_ALERT, form="histogram",
            aggregations=(_count(), Aggregation("histogram", "segment", "score", {"interval": 10, "min_doc_count": 0})),
            x=24, y=37, width=24, height=14,
        ),
    )  # fmt: skip


SEARCHES = (
    Search(
        name="episodes", title="Episodes to work on, highest score first", table=FRAUD_EPISODE,
        columns=("score", "ACCOUNT_ID", "user_name", "amount", "payments", "started_at", "rules", "reasons"),
        first=("score",), x=0, y=7, width=48, height=16,
    ),
    Search(
        name="latest-alerts", title="Latest alerts", table=FRAUD_ALERT,
        columns=("rule_id", "ACCOUNT_ID", "amount", "score", "reason"),
        x=0, y=51, width=48, height=16,
    ),
    Search(
        name="flagged-users", title="Flagged users, latest first", table=FLAGGED_USER,
        columns=("ACCOUNT_ID", "user_name", "email", "total_amount", "transaction_count", "score", "rules"),
        x=0, y=67, width=48, height=14,
    ),
)  # fmt: skip
