"""The picture of the page in the README, which `make picture` writes; otherwise the test shows that it can be made."""

from __future__ import annotations

import datetime
import math
import os
import random
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from components.contracts import rules
from tests.browser.conftest import OpenPage
from tests.browser.told import STATE, part, told

PICTURE = Path(__file__).parents[2] / "docs/images/page.png"
NOW = datetime.datetime(2026, 3, 14, 10, 30, 2, tzinfo=datetime.UTC)
BUCKETS, SECONDS = 180, 5
AMOUNTS = ("968.40", "1038.15", "12.80", "164.90", "84.20", "26.50")
REASONS = {
    "impossible_travel": "9580 km from the payment before, 30 minutes apart",
    "card_testing": "4 payments of at most 2.50 at different terminals within 60 minutes, then one of 84.20",
    "account_takeover": "164.90 to an account never paid before, from a device that is 0 minutes old here",
    "burst_count": "11 payments within 10 minutes, more than 10",
    "large_amount": "one payment of 1038.15, 1000.00 or more",
    "structuring": "3 payments within 24 hours, each just under a round amount; the last is 968.40",
}


def test_the_page_in_the_readme(open_page: OpenPage, tmp_path: Path) -> None:
    source = random.Random(4)
    page = open_page(
        before=lambda page: _prepare(page, source),
        viewport={"width": 1720, "height": 1180},
        timezone_id="UTC",
        color_scheme="light",
    )
    expect(page.locator(".episode")).to_have_count(len(REASONS))
    expect(page.locator("#activity-words")).to_have_text(re.compile(r"minutes: [1-9]"))
    page.wait_for_timeout(100)  # until the charts are drawn
    wanted = PICTURE if os.environ.get("PICTURE") else tmp_path / "page.png"
    page.screenshot(path=wanted)
    assert wanted.stat().st_size > 50_000, "an empty page"


def _prepare(page: Page, source: random.Random) -> None:
    page.clock.set_fixed_time(NOW)
    counts = [round(100 + 25 * math.sin(index / 18) + source.gauss(0, 9)) for index in range(BUCKETS)]
    alerts = [source.choice((0, 0, 0, 0, 0, 0, 1, 2)) for _ in range(BUCKETS)]
    start = int(NOW.timestamp()) // SECONDS - BUCKETS + 1
    history = {
        "seconds": SECONDS,
        "now": NOW.timestamp(),
        "from": start * SECONDS,
        "payments": counts,
        "alerts": alerts,
    }
    page.route("**/api/history", lambda route: route.fulfill(json=history))
    found = _alerts()
    told(page, {"state": _state(), "payments": _payments(source, found), "alerts": found})


def _state() -> dict[str, Any]:
    by_rule = {rule.id: 3 + 2 * index % 7 for index, rule in enumerate(rules.read())}
    hits = {rule: {"alerts": count, "hits": count - (count > 6)} for rule, count in by_rule.items()}
    sinks = [
        part(f"sink:{name}", "ok", age, title=name)
        for name, age in (("Redshift", 4), ("OpenSearch", 1), ("Snowflake", 9))
    ]
    return STATE | {
        "payments": 48_213,
        "rate": 20.4,
        "generator": 20,
        "calm_rate": 50,
        "alerts": sum(by_rule.values()),
        "by_rule": by_rule,
        "delay_p50_ms": 38,
        "delay_p99_ms": 412,
        "delays": {"edges_ms": [10, 20, 50, 100, 200, 500, 1000, 2000], "counts": [0, 6, 31, 19, 8, 4, 1, 0, 0]},
        "known": {"payments": 1_204, "frauds": 58, "alerts": 56, "hits": 53, "by_rule": hits},
        "health": [
            part("database", "ok", 0.2, title="Database"),
            part("cdc", "ok", 0.3, title="Change data capture"),
            part("kafka", "ok", 0.4, title="Kafka"),
            part("flink", "ok", 0.6, title="Flink"),
            *sinks,
        ],
    }


def _alerts() -> list[dict[str, Any]]:
    weights = {rule.id: rule.weight for rule in rules.read()}
    found = []
    for index, (rule, reason) in enumerate(reversed(REASONS.items())):
        number, ago = 48_208 - 41 * (len(REASONS) - index - 1), 19 * (len(REASONS) - index - 1)
        time = (NOW - datetime.timedelta(seconds=ago)).isoformat()
        columns = {"alert_id": f"{number}-{rule}", "transaction_id": number, "ACCOUNT_ID": 317 + 611 * index}
        columns |= {"rule_id": rule, "reason": reason, "score": weights[rule], "amount": AMOUNTS[index]}
        found.append(columns | {"event_time": time, "delay_ms": 31 + 4 * index, "number": index + 1})
    return found


def _payments(source: random.Random, alerts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    accounts = {alert["transaction_id"]: alert["ACCOUNT_ID"] for alert in alerts}
    return [
        {
            "id": number,
            "account_id": accounts.get(number, source.randint(1, 5000)),
            "amount": f"{source.uniform(3, 40):.2f}",
            "received_at": (NOW - datetime.timedelta(milliseconds=50 * (48_213 - number))).isoformat(),
            "ip_address": ".".join(["10", *(str(source.randint(1, 254)) for _ in range(3))]),
        }
        for number in range(48_194, 48_214)
    ]
