"""The set-up command's indices and charts on a real OpenSearch."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from components.contracts import panels, questions
from components.credential_slots import CredentialSlots
from components.sinks.opensearch.definition import definition
from components.sinks.opensearch.setup import Domain, SetupError, make_indices
from local.servers.opensearch import OpenSearch
from tests.servers import alone

pytestmark = pytest.mark.local

MOMENT = "2026-11-24T10:00:00.123Z"
ALERTS = [
    {
        "alert_id": f"{number}-{rule}",
        "transaction_id": number,
        "ACCOUNT_ID": number % 3,
        "rule_id": rule,
        "score": score,
    }
    | {"reason": "a large one", "amount": 1200.25, "event_time": MOMENT, "detected_at": MOMENT}
    for number, (rule, score) in enumerate([("burst_count", 40), ("large_amount", 60), ("large_amount", 60)])
]
FLAGGED = [
    {"ACCOUNT_ID": 1, "user_name": "u", "email": None, "total_amount": 0.1, "transaction_count": 3}
    | {"updated_at": MOMENT, "rules": "large_amount", "score": 60}
]  # fmt: skip

EPISODES = [
    {"episode_id": f"1-{number}", "ACCOUNT_ID": 1, "user_name": "u", "email": None, "started_at": MOMENT}
    | {"last_at": MOMENT, "payments": 3, "alerts": 4, "amount": 0.1, "rules": "large_amount", "reasons": "a large one"}
    | {"score": score, "first_transaction_id": number, "last_transaction_id": 9}
    for number, score in enumerate([40, 99, 60])
]


@pytest.fixture(scope="module")
def domain() -> Iterator[Domain]:
    with alone(OpenSearch) as server:
        login = {"OPENSEARCH_USER": "any", "OPENSEARCH_PASSWORD": "any"}  # the local run has no security plugin
        yield Domain({"OPENSEARCH_URL": server.url, "SETUP_DEADLINE_SECONDS": "60"} | login)


def make(domain: Domain, nodes: int = 1) -> None:
    make_indices(domain, definition(CredentialSlots(), nodes))


def test_every_panel_of_the_dashboard_finds_its_data(domain: Domain) -> None:
    make(domain)
    make(domain)  # a second run changes nothing
    for index, documents in (("fraud_alert", ALERTS), ("flagged_user", FLAGGED), ("fraud_episode", EPISODES)):
        for number, document in enumerate(documents):
            domain.call("PUT", f"/{index}/_doc/{number}?refresh=true", document)
    for chart in panels.charts():
        answer = domain.call("POST", f"/{chart.table.topic}/_search", questions.chart_body(chart))
        assert answer["hits"]["total"]["value"] == len(ALERTS if chart.table.topic == "fraud_alert" else FLAGGED)
        for found in answer.get("aggregations", {}).values():
            assert found.get("buckets") or found.get("value"), f"{chart.name} shows nothing: {json.dumps(answer)}"
    amount = next(chart for chart in panels.charts() if chart.name == "flagged-amount")
    answer = domain.call("POST", "/flagged_user/_search", questions.chart_body(amount))
    assert answer["aggregations"]["1"]["value"] == 0.1, "sums of money are exact"
    for search in panels.SEARCHES:
        body = questions.search_body(search)
        hits = domain.call("POST", f"/{search.table.topic}/_search", body)["hits"]["hits"]
        assert hits and set(hits[0]["_source"]) == set(search.columns), search.name
        scores = [hit["_source"].get("score") for hit in hits]
        assert search.first != ("score",) or scores == sorted(scores, reverse=True), search.name


def test_an_existing_index_is_updated_and_refuses_unknown_columns(domain: Domain) -> None:
    make(domain)
    make(domain, nodes=2)
    settings = domain.call("GET", "/fraud_alert/_settings")["fraud_alert"]["settings"]["index"]
    assert settings["number_of_replicas"] == "1"
    assert settings["search"]["slowlog"]["threshold"]["query"]["warn"] == "2s"
    template = domain.call("GET", "/_index_template/fraud_alert")["index_templates"][0]["index_template"]
    assert template["index_patterns"] == ["fraud_alert"]
    with pytest.raises(SetupError, match="strict_dynamic_mapping_exception"):
        domain.call("PUT", "/fraud_alert/_doc/9", {"unknown": 1})
