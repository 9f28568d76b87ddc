"""Analysts' questions on a real OpenSearch, with the contracts' mapping and the dashboard's searches."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from components.contracts import questions
from components.contracts.panels import INDEXED
from components.contracts.search import mapping
from local.servers import loopback
from local.servers.opensearch import OpenSearch
from tests.app.test_app import client
from tests.servers import alone

pytestmark = pytest.mark.local
NOW = datetime.datetime.now(datetime.UTC)
OLD = NOW - datetime.timedelta(hours=25)
ALERTS = [("burst_count", 40, 1, NOW), ("large_amount", 60, 2, NOW), ("large_amount", 60, 2, NOW), ("old", 1, 3, OLD)]


@pytest.fixture(scope="module")
def opensearch() -> Iterator[str]:
    with alone(OpenSearch) as server:
        for table in INDEXED:
            body = {"mappings": mapping(table), "settings": {"number_of_replicas": 0}}
            requests.put(f"{server.url}/{table.topic}", json=body, timeout=60).raise_for_status()
        for number, (rule, score, account, time) in enumerate(ALERTS):
            document = {
                "alert_id": f"{number}-{rule}", "transaction_id": number, "ACCOUNT_ID": account, "rule_id": rule,
                "score": score, "reason": "<b>", "amount": 1200.25, "event_time": time.isoformat(),
            }  # fmt: skip
            address = f"{server.url}/fraud_alert/_doc/{number}?refresh=true"
            requests.put(address, json=document, timeout=60).raise_for_status()
        yield server.url


def asked(settings_of_app: Any, url: str) -> Any:
    settings_of_app.OPENSEARCH_URL, settings_of_app.QUESTIONS = url, questions.questions()
    return client(signed_in=False).get("/api/questions")


def test_each_panel_of_the_dashboard_is_answered_for_the_last_day(opensearch: str, settings_of_app: Any) -> None:
    answer = asked(settings_of_app, opensearch)
    assert answer.status_code == 200, answer.content
    found = {one["name"]: one for one in answer.json()["questions"]}
    assert found["alert-count"]["rows"] == [[3]], "the alert of yesterday is not counted"
    assert found["amount-by-rule"] == {
        "name": "amount-by-rule",
        "title": "Amount by rule",
        "columns": ["rule_id", "Sum of amount"],
        "rows": [["large_amount", 2400.5], ["burst_count", 1200.25]],
    }
    accounts = found["top-accounts"]
    assert accounts["columns"] == ["ACCOUNT_ID", "Number", "Sum of amount", "Highest score"]
    assert accounts["rows"] == [[2, 2, 2400.5, 60], [1, 1, 1200.25, 40]]
    over_time = found["alerts-over-time"]["rows"]
    assert [row[1:] for row in over_time] == [["large_amount", 2], ["burst_count", 1]] and over_time[0][0][:4].isdigit()
    assert len(found["latest-alerts"]["rows"]) == 3 and found["episodes"]["rows"] == []
    for one in found.values():
        assert all(len(row) == len(one["columns"]) for row in one["rows"]), one["name"]


def test_an_opensearch_that_is_away_asks_to_try_again(settings_of_app: Any) -> None:
    (port,) = loopback.free(1)
    answer = asked(settings_of_app, loopback.url(port))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5") and "try again" in answer.json()["detail"]


def test_without_opensearch_the_address_says_where_the_answers_are(settings_of_app: Any) -> None:
    answer = asked(settings_of_app, "")
    assert answer.status_code == 404 and "dashboard" in answer.json()["detail"]
