"""Events are encoded once, numbered without gaps, and bounded in number and size; every log line is JSON."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.app.conftest import APP


def feed() -> Any:
    from transactions.events import Feed

    return Feed(lambda: {"payments": 1})


def parsed(data: bytes) -> list[tuple[int, str, Any]]:
    found: list[tuple[int, str, Any]] = []
    for block in data.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if "data" in lines:
            found.append((int(lines["id"].partition("-")[2]), lines["event"], json.loads(lines["data"])))
    return found


def test_a_flood_of_alerts_is_a_few_events_that_say_what_they_left_out() -> None:
    told = feed()
    for number in range(1_000):
        told.alert({"number": number})
    told.tick(with_state=False)
    sent = [data for _, name, data in parsed(told.ring.after(0)[1]) if name == "alerts"]
    assert len(sent) == 11, "ten at once, the others with the next tick"
    assert sum(len(one["rows"]) + one["skipped"] for one in sent) == 1_000
    assert [row["number"] for row in sent[-1]["rows"]] == list(range(950, 1_000)), "the newest are shown"
    _, snapshot = told.snapshot(gap=False)
    assert [row["number"] for row in parsed(snapshot)[0][2]["alerts"]] == list(range(950, 1_000))


def test_the_first_alerts_go_out_before_the_next_tick() -> None:
    told = feed()
    told.alert({"number": 1})
    assert parsed(told.ring.after(0)[1]) == [(1, "alerts", {"rows": [{"number": 1}], "skipped": 0})]


@pytest.mark.parametrize(("bound", "value"), [("KEPT", 10), ("KEPT_BYTES", 500)])
def test_the_ring_is_bounded_and_knows_what_it_forgot(monkeypatch: pytest.MonkeyPatch, bound: str, value: int) -> None:
    from transactions import events

    monkeypatch.setattr(events, bound, value)
    ring = events.Ring()
    for number in range(50):
        ring.add("state", {"n": number})
    assert ring.after(0) is None and ring.resumed(f"{ring.epoch}-0") is None
    assert ring.after(51) is None, "an id that was never given"
    kept = 10 if bound == "KEPT" else value // len(ring.encoded("state", '{"n": 49}', 49))
    assert [number for number, _, _ in parsed(ring.after(50 - kept)[1])] == list(range(51 - kept, 51))  # type: ignore[index]
    assert ring.after(50 - kept - 1) is None


def test_a_browser_that_is_too_slow_for_the_ring_gets_a_snapshot_with_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    from fraudapp.event_stream import EventStream
    from transactions import events

    monkeypatch.setattr(events, "KEPT", 5)
    told, sent, reading = feed(), list[bytes](), asyncio.Event()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            sent.append(message["body"])
            if len(sent) == 2:  # it stops to read after its first event
                for _ in range(20):
                    told.tick(with_state=True)
                told.end()
                reading.set()
            await reading.wait() if len(sent) > 1 else None

    async def receive() -> Any:
        await asyncio.sleep(60)

    async def listen() -> None:
        stream = EventStream(told, most=1, keep_alive_seconds=60, send_seconds=5)
        asyncio.get_running_loop().call_later(0.05, lambda: told.tick(with_state=True))
        scope = {"headers": [], "query_string": b""}
        await asyncio.wait_for(stream.serve(scope, receive, send, []), 10)

    # Not asyncio.run: it leaves the thread without an event loop, and Pulumi's SDK asks for one in later tests.
    loop = asyncio.new_event_loop()
    loop.run_until_complete(listen())
    loop.close()
    found = parsed(b"".join(sent))
    gap = next(one for one in found[1:] if one[1] == "snapshot")
    assert gap[2]["gap"] is True and gap[0] == told.ring.last, "the snapshot holds all that it missed"


UNCAUGHT = """
import threading, warnings, django
django.setup()
warnings.warn("careful")
thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start()
thread.join()
raise RuntimeError("uncaught\\nin two lines")
"""


def test_warnings_and_uncaught_exceptions_are_json_too() -> None:
    environment = {**os.environ, "PYTHONPATH": str(APP)}
    done = subprocess.run(
        [sys.executable, "-c", UNCAUGHT], env=environment, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert done.returncode == 1 and not done.stdout
    assert "careful" in lines[0]["message"]
    assert lines[1]["message"] == "the thread worker died" and "ZeroDivisionError" in lines[1]["exception"]
    assert "RuntimeError: uncaught\nin two lines" in lines[2]["exception"]
