"""Analysts' questions, answered by OpenSearch with the searches of the cloud's dashboard."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import requests
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET
from fraudapp.problems import problem

from transactions.live import live

log = logging.getLogger(__name__)
PATIENCE_SECONDS = (1.0, 3.0)
"""To connect, and to answer each question."""
PERIOD = "now-24h"
MOST_ROWS = 200


@require_GET
def answers(_request: HttpRequest) -> JsonResponse:
    """{"questions": [{"name", "title", "columns", "rows"}]}: the last 24 hours, or all of a scenario."""
    if not settings.OPENSEARCH_URL:
        return problem(404, "This app has no OpenSearch (OPENSEARCH_URL); the cloud's answers are on its dashboard.")
    try:
        with requests.Session() as session:
            found = [_answer(session, question) for question in settings.QUESTIONS]
    except (requests.RequestException, KeyError) as error:
        log.warning("OpenSearch does not answer: %s", error)
        return problem(503, "OpenSearch does not answer; try again.", headers={"Retry-After": "5"})
    return JsonResponse({"questions": found})


def _answer(session: requests.Session, question: Mapping[str, Any]) -> dict[str, Any]:
    body = dict(question["body"])
    if not live().player:  # its times are simulated
        body["query"] = {"range": {question["time_field"]: {"gte": PERIOD}}}
    address = f"{settings.OPENSEARCH_URL}/{question['index']}/_search"
    response = session.post(address, json=body, timeout=PATIENCE_SECONDS)
    response.raise_for_status()
    told: dict[str, Any] = response.json()
    rows = list(_rows(told, question))[:MOST_ROWS]
    return {"name": question["name"], "title": question["title"], "columns": question["columns"], "rows": rows}


def _rows(told: Mapping[str, Any], question: Mapping[str, Any]) -> Iterator[list[Any]]:
    if not question["metrics"]:
        for hit in told["hits"]["hits"]:
            yield [hit["_source"].get(column) for column in question["columns"]]
        return
    whole = {**told.get("aggregations", {}), "doc_count": told["hits"]["total"]["value"]}
    yield from _buckets(whole, question["buckets"], question["metrics"])


def _buckets(found: Mapping[str, Any], buckets: Sequence[str], metrics: Sequence[str]) -> Iterator[list[Any]]:
    """A row for each innermost bucket: the keys on the way to it, then its metrics."""
    if not buckets:
        yield [found[name]["value"] if name else found["doc_count"] for name in metrics]
        return
    for bucket in found[buckets[0]]["buckets"]:
        key = bucket.get("key_as_string", bucket["key"])
        for rest in _buckets(bucket, buckets[1:], metrics):
            yield [key, *rest]
