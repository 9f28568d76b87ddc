"""Events that a test tells the page in place of the server."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

STATE: dict[str, Any] = {
    "payments": 0,
    "rate": 0.0,
    "generator": 0,
    "generator_alive": True,
    "calm_rate": 20,
    "most_rate": 200,
    "alerts": 0,
    "by_rule": {},
    "delay_p50_ms": None,
    "delay_p99_ms": None,
    "known": None,
    "scenario": None,
}
TOLD = """
  const real = window.fetch;
  const stream = () => new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode(EVENTS)) });
  window.fetch = (address, options) => address === "events"
    ? Promise.resolve(new Response(stream())) : real(address, options);
"""


def told(page: Page, snapshot: dict[str, Any]) -> None:
    """Replace the server's events with one snapshot, after which the connection stays open."""
    data = json.dumps({"payments": [], "alerts": [], "gap": False} | snapshot)
    page.add_init_script(TOLD.replace("EVENTS", json.dumps(f"id: 0-1\nevent: snapshot\ndata: {data}\n\n")))


def part(name: str, status: str, age: float | None = 1.0, words: str = "answers", title: str = "") -> dict[str, Any]:
    return {"part": name, "title": title or name.title(), "status": status, "age_seconds": age, "words": words}
