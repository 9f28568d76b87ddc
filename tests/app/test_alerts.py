"""The app takes each alert from Kafka once, numbers it and measures its delay."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import pytest

from components.contracts import APP_GROUP_PREFIX, FRAUD_ALERT, schemas
from local.avro import Encoder
from tests.app.test_app import client

ALERT = Encoder(7, schemas.avro_value(FRAUD_ALERT))


def alert(number: int, *, seconds_ago: float = 0.0, **columns: object) -> bytes:
    made = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds_ago)
    row: dict[str, object] = {column.name: None for column in FRAUD_ALERT.published}
    row |= {"alert_id": f"{number}-large_amount", "transaction_id": number, "ACCOUNT_ID": 7, "rule_id": "large_amount"}
    return ALERT.encode(row | {"reason": "one payment", "score": 60, "event_time": made, **columns})


@pytest.fixture
def alerts(registry: dict[str, str], settings_of_app: Any) -> Any:
    from transactions.alerts import Alerts

    settings_of_app.SCHEMA_REGISTRY = registry
    return Alerts(lambda _: None)


def test_the_reader_has_a_new_group_that_its_acl_allows(alerts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_alerts_are_numbered_in_the_order_of_arrival(alerts: Any) -> None:
    for number in (5, 3, 9):
        alerts.take(alert(number))
    assert [(item["number"], item["transaction_id"]) for item in alerts.since(1)] == [(2, 3), (3, 9)]
    assert alerts.since(3) == []


def test_payments_before_the_first_alert_do_not_count_as_delay(alerts: Any) -> None:
    alerts.take(alert(1, seconds_ago=12))
    alerts.take(alert(2, seconds_ago=11))
    assert alerts.delay_ms(0.5) is None, "these payments waited for the pipeline to start"
    alerts.take(alert(3))
    assert 0 <= alerts.delay_ms(0.99) < 1000


def test_an_alert_has_what_the_page_shows(alerts: Any) -> None:
    alerts.take(alert(1, amount=decimal.Decimal("12.30")))
    (found,) = alerts.latest
    assert (found["rule_id"], found["ACCOUNT_ID"], found["number"], str(found["amount"])) == (
        "large_amount",
        7,
        1,
        "12.30",
    )
    assert datetime.datetime.fromisoformat(found["event_time"]).tzinfo


NO_ALERT = {
    "nothing": None,
    "empty": b"",
    "JSON": b'{"alert_id": "1-x"}',
    "an unknown schema": b"\0\0\0\0\x08" + alert(1)[5:],
    "no schema": alert(1)[:3],
    "cut short": alert(1)[:8],
    "no time": alert(1, event_time=None),
}


@pytest.mark.parametrize("value", NO_ALERT.values(), ids=NO_ALERT)
def test_a_malformed_alert_is_skipped(alerts: Any, value: bytes | None) -> None:
    alerts.take(value)
    assert not alerts.latest


def test_an_alert_waits_until_the_registry_answers(alerts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions.decoder import RegistryAwayError

    there, pauses = alerts._decoder._settings["url"], []
    alerts._decoder._settings["url"] = "http://127.0.0.1:9"
    with pytest.raises(RegistryAwayError):
        alerts.take(alert(1))

    def come_back(seconds: float) -> None:
        pauses.append(seconds)
        alerts._decoder = type(alerts._decoder)({"url": there, "key": "key", "secret": "hush"})

    monkeypatch.setattr("transactions.alerts.time.sleep", come_back)
    alerts._take_patiently(alert(1))
    assert alerts.by_rule == {"large_amount": 1} and len(pauses) == 1


def test_a_refused_login_loses_no_alert(registry: dict[str, str], settings_of_app: Any) -> None:
    from transactions.alerts import Alerts
    from transactions.decoder import RegistryAwayError

    settings_of_app.SCHEMA_REGISTRY = registry | {"secret": "wrong"}
    with pytest.raises(RegistryAwayError):
        Alerts(lambda _: None).take(alert(1))


def test_the_api_refuses_a_bad_number() -> None:
    assert client().get("/api/alerts?after=0").json() == {"alerts": []}
    answer = client().get("/api/alerts?after=-1")
    assert (answer.status_code, "number of an alert" in answer.json()["detail"]) == (400, True)
