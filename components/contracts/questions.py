"""The panels as questions to OpenSearch: the requests that OpenSearch Dashboards makes for them."""

from __future__ import annotations

from typing import Any

from .panels import SEARCHES, TIME_FIELD, Aggregation, Chart, Search, charts

ROWS = 20
"""Of a table of documents, the first."""
BUCKETS = 30
"""Of a chart over time, about so many."""
_METRICS = {"count": "Number", "sum": "Sum of {}", "max": "Highest {}"}


def questions() -> list[dict[str, Any]]:
    """For each panel: `title`, `index`, `time_field`, the `columns` of the answer, and the `body` of the search.

    `buckets` and `metrics` name the aggregations of the body, from the outer to the inner one, in the order of the
    columns; without any, the columns are those of documents. The metric "" is the number of documents.
    """
    asked = [*map(_of_chart, charts()), *map(_of_search, SEARCHES)]
    panels = sorted(zip((*charts(), *SEARCHES), asked, strict=True), key=lambda pair: (pair[0].y, pair[0].x))
    return [question for _, question in panels]


def chart_body(chart: Chart) -> dict[str, Any]:
    """Nested buckets, with the metrics in the innermost one."""
    body: dict[str, Any] = {"size": 0, "track_total_hits": True}
    inner, metrics = body, dict[str, Any]()
    for name, one in _numbered(chart):
        if one.role != "metric":
            inner["aggs"] = {name: _bucket(one, chart)}
            inner = inner["aggs"][name]
        elif one.kind != "count":
            metrics[name] = {one.kind: {"field": one.column}}
    if metrics:
        inner["aggs"] = metrics
    return body


def search_body(search: Search) -> dict[str, Any]:
    """The documents of a table, the highest on top."""
    order = (*search.first, TIME_FIELD[search.table.topic])
    return {"size": ROWS, "_source": list(search.columns), "sort": [{column: "desc"} for column in order]}


def _of_chart(chart: Chart) -> dict[str, Any]:
    metrics = [(name, one) for name, one in _numbered(chart) if one.role == "metric"]
    buckets = [(name, one) for name, one in _numbered(chart) if one.role != "metric"]
    words = [_METRICS[one.kind].format(one.column) for _, one in metrics]
    return _question(chart, [*(str(one.column) for _, one in buckets), *words], chart_body(chart)) | {
        "buckets": [name for name, _ in buckets],
        "metrics": ["" if one.kind == "count" else name for name, one in metrics],
    }


def _of_search(search: Search) -> dict[str, Any]:
    return _question(search, search.columns, search_body(search)) | {"buckets": [], "metrics": []}


def _question(panel: Chart | Search, columns: list[str] | tuple[str, ...], body: dict[str, Any]) -> dict[str, Any]:
    index = panel.table.topic
    return {
        "name": panel.name,
        "title": panel.title,
        "index": index,
        "time_field": TIME_FIELD[index],
        "columns": list(columns),
        "body": body,
    }


def _numbered(chart: Chart) -> list[tuple[str, Aggregation]]:
    """The aggregations by the ids that the dashboard gives them."""
    return [(str(number), one) for number, one in enumerate(chart.aggregations, start=1)]


def _bucket(one: Aggregation, chart: Chart) -> dict[str, Any]:
    match one.kind:
        case "date_histogram":  # the dashboard's interval is `auto`
            return {"auto_date_histogram": {"field": one.column, "buckets": BUCKETS}}
        case "terms":
            first = dict(_numbered(chart))[one.settings["orderBy"]]
            order = {"_count" if first.kind == "count" else one.settings["orderBy"]: one.settings["order"]}
            return {"terms": {"field": one.column, "size": one.settings["size"], "order": order}}
        case kind:
            return {kind: {"field": one.column} | one.settings}
