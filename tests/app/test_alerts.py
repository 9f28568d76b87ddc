"""Alerts as the app takes them from Kafka: each once, numbered, their delay measured only once the pipeline runs."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from contracts import APP_GROUP_PREFIX
from tests.app.test_app import client


def alert(number: int, *, seconds_ago: float = 0.0) -> str:
    made = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds_ago)
    row = {"alert_id": f"{number}-large_amount", "transaction_id": number, "ACCOUNT_ID": 7, "rule_id": "large_amount"}
    return json.dumps(row | {"reason": "one payment", "score": 60, "event_time": made.isoformat()})


@pytest.fixture
def alerts() -> Any:
    from transactions.alerts import Alerts

    return Alerts(lambda _: None)


def test_the_reader_is_of_a_group_that_its_acl_names_and_starts_anew_each_time(
    alerts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []

    def consumer(config: dict[str, Any]) -> None:
        made.append(config)
        raise InterruptedError

    monkeypatch.setattr("transactions.alerts.Consumer", consumer)
    with pytest.raises(InterruptedError):
        alerts.run()
    (config,) = made
    assert config["group.id"].startswith(f"{APP_GROUP_PREFIX}-"), "Kafka refuses every other group"
    assert (config["auto.offset.reset"], config["enable.auto.commit"]) == ("earliest", False)


def test_a_repetition_counts_once(alerts: Any) -> None:
    for number in (1, 2, 1):
        alerts.take(alert(number))
    assert alerts.by_rule == {"large_amount": 2}, "a crash of Flink repeats uncommitted alerts under the same id"


def test_alerts_are_numbered_as_they_come(alerts: Any) -> None:
    for number in (5, 3, 9):
        alerts.take(alert(number))
    assert [(item["number"], item["transaction_id"]) for item in alerts.since(1)] == [(2, 3), (3, 9)]
    assert alerts.since(3) == []


def test_what_was_paid_before_the_first_alert_is_no_delay(alerts: Any) -> None:
    alerts.take(alert(1, seconds_ago=12))
    alerts.take(alert(2, seconds_ago=11))
    assert alerts.delay_ms(0.5) is None, "these payments waited for the pipeline to start"
    alerts.take(alert(3))
    assert 0 <= alerts.delay_ms(0.99) < 1000


@pytest.mark.parametrize("value", [None, "", "{", "[]", "{}", '{"event_time": 5}', '{"event_time": "soon"}'])
def test_what_is_no_alert_is_passed_over(alerts: Any, value: str | None) -> None:
    alerts.take(value)
    assert not alerts.latest


def test_the_api_says_what_a_number_must_be() -> None:
    assert client().get("/api/alerts?after=0").json() == {"alerts": []}
    answer = client().get("/api/alerts?after=-1")
    assert (answer.status_code, "number of an alert" in answer.json()["error"]) == (400, True)
