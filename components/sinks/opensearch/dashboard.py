"""The fraud dashboard as saved objects for an import, from the panels of the contracts."""

from __future__ import annotations

import json
from typing import Any

from ...contracts import Table
from ...contracts.panels import INDEXED, SEARCHES, TIME_FIELD, Chart, Panel, Search, charts
from ...contracts.search import mapping

TITLE = "Fraud alerts"

# Versions of saved objects, as an export of the domain's Dashboards has them; an import migrates from these.
_FORM = {"index-pattern": "7.6.0", "visualization": "7.10.0", "search": "7.9.3", "dashboard": "7.9.3"}
_SEARCH: dict[str, Any] = {"query": {"query": "", "language": "kuery"}, "filter": []}
_KINDS = {"integer": "number", "long": "number", "scaled_float": "number", "date": "date", "keyword": "string"}


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
