"""The fraud dashboard as data, and its conversion to saved objects for an import.

`charts()` and `SEARCHES` define the whole dashboard, with columns of the contracts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ...contracts import FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE, Table
from ...contracts.rules import read as read_rules
from ...contracts.search import mapping

TITLE = "Fraud alerts"
TIME_FIELD = {FRAUD_ALERT.topic: "event_time", FLAGGED_USER.topic: "updated_at", FRAUD_EPISODE.topic: "last_at"}
INDEXED = (FRAUD_ALERT, FLAGGED_USER, FRAUD_EPISODE)

# Versions of saved objects, as an export of the domain's Dashboards has them; an import migrates from these.
_FORM = {"index-pattern": "7.6.0", "visualization": "7.10.0", "search": "7.9.3", "dashboard": "7.9.3"}
_SEARCH: dict[str, Any] = {"query": {"query": "", "language": "kuery"}, "filter": []}
_KINDS = {"integer": "number", "long": "number", "scaled_float": "number", "date": "date", "keyword": "string"}


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


def saved_objects() -> list[dict[str, Any]]:
    """Every saved object, after the objects it references. Ids are fixed, so an import replaces the previous one."""
    patterns = [_pattern(table) for table in INDEXED]
    searches = [_search(search) for search in SEARCHES]
    return [*patterns, *map(_chart, charts()), *searches, _dashboard()]


def _object(kind: str, name: str, attributes: dict[str, Any], references: list[dict[str, str]]) -> dict[str, Any]:
    version = {kind: _FORM[kind]}
    return {"type": kind, "id": name, "attributes": attributes, "references": references, "migrationVersion": version}


def _pattern(table: Table) -> dict[str, Any]:
    fields = [_field(name, spec["type"]) for name, spec in mapping(table)["properties"].items()]
    attributes = {"title": table.topic, "timeFieldName": TIME_FIELD[table.topic], "fields": json.dumps(fields)}
    return _object("index-pattern", table.topic, attributes, [])


def _field(name: str, kind: str) -> dict[str, Any]:
    whole = kind != "text"  # text is searched by word, so it can be neither sorted nor counted
    return {
        "name": name, "type": _KINDS.get(kind, "string"), "esTypes": [kind], "count": 0, "scripted": False,
        "searchable": True, "aggregatable": whole, "readFromDocValues": whole,
    }  # fmt: skip


def _source(table: Table) -> tuple[str, list[dict[str, str]]]:
    """The search source of an object on a table's index, and the reference to the index pattern."""
    name = "kibanaSavedObjectMeta.searchSourceJSON.index"
    return json.dumps(_SEARCH | {"indexRefName": name}), [{"name": name, "type": "index-pattern", "id": table.topic}]


def _chart(chart: Chart) -> dict[str, Any]:
    aggregations = [
        {
            "id": str(number), "enabled": True, "type": one.kind, "schema": one.role,
            "params": ({"field": one.column} if one.column else {}) | one.settings,
        }
        for number, one in enumerate(chart.aggregations, start=1)
    ]  # fmt: skip
    # Other `params` have the chart type's defaults.
    state = {"title": chart.title, "type": chart.form, "params": {"addTooltip": True}, "aggs": aggregations}
    source, references = _source(chart.table)
    attributes = {
        "title": chart.title, "visState": json.dumps(state), "uiStateJSON": "{}", "description": "", "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }  # fmt: skip
    return _object("visualization", _id(chart), attributes, references)


def _search(search: Search) -> dict[str, Any]:
    source, references = _source(search.table)
    attributes = {
        "title": search.title, "description": "", "columns": list(search.columns), "version": 1,
        "sort": [[column, "desc"] for column in (*search.first, TIME_FIELD[search.table.topic])],
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }  # fmt: skip
    return _object("search", _id(search), attributes, references)


def _id(panel: Panel) -> str:
    return f"fraud-{panel.name}"


def _dashboard() -> dict[str, Any]:
    panels, references = list[dict[str, Any]](), list[dict[str, str]]()
    for number, panel in enumerate((*charts(), *SEARCHES), start=1):
        place = {"x": panel.x, "y": panel.y, "w": panel.width, "h": panel.height, "i": str(number)}
        name = f"panel_{number}"
        panels.append(
            {
                "panelIndex": str(number),
                "gridData": place,
                "embeddableConfig": {},
                "panelRefName": name,
                "version": _FORM["dashboard"],
            }
        )
        kind = "visualization" if isinstance(panel, Chart) else "search"
        references.append({"name": name, "type": kind, "id": _id(panel)})
    attributes = {
        "title": TITLE, "description": "What the fraud rules found.", "version": 1, "hits": 0,
        "panelsJSON": json.dumps(panels), "optionsJSON": json.dumps({"hidePanelTitles": False, "useMargins": True}),
        "timeRestore": True, "timeFrom": "now-24h", "timeTo": "now",
        "refreshInterval": {"pause": False, "value": 10_000},
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(_SEARCH)},
    }  # fmt: skip
    return _object("dashboard", "fraud-dashboard", attributes, references)
