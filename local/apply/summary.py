"""The figures of a run: the status line and the summary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.apply.app_server import App, ask
from local.apply.servers import Servers


@dataclass(frozen=True, kw_only=True)
class State:
    """The app's figures. Delays are from payment to alert, None before the first alert."""

    payments: int
    rate: float
    alerts: int
    by_rule: dict[str, int]
    delay_p50_ms: int | None
    delay_p99_ms: int | None


EMPTY = State(payments=0, rate=0, alerts=0, by_rule={}, delay_p50_ms=None, delay_p99_ms=None)


def read_state(app: App, otherwise: State = EMPTY) -> State:
    """The app's figures; `otherwise` while the app is not up."""
    found = ask(f"{app.url}/api/state")
    return State(**{name: found[name] for name in State.__dataclass_fields__}) if found else otherwise


def sink_status(servers: Servers) -> dict[str, dict[str, Any]]:
    """The last report of each sink."""
    return {name: json.loads(sink.report.read_bytes()) for name, sink in servers.sinks.items() if sink.is_ready()}


def dead_letters(servers: Servers) -> dict[str, int]:
    """The number of records in each dead-letter topic."""
    found = Counter[str]()
    for name, status in sink_status(servers).items():
        found[servers.sinks[name].config.dead_letter] += status["dead"]
    for log in servers.error_logs.values():
        if log.is_ready():
            found[log.config.target] += json.loads(log.report.read_bytes())["logged"]
    return dict(found)


def line(state: State, servers: Servers, troubles: Sequence[str] = ()) -> str:
    """The status line; `troubles` are those of the source."""
    sinks = sink_status(servers)
    rows = ", ".join(f"{name.rsplit('-', 1)[-1]} {sum(status['written'].values())}" for name, status in sinks.items())
    delay = f", median delay {state.delay_p50_ms} ms" if state.delay_p50_ms is not None else ""
    waits = "".join(f"\n          {name}{_waits(status)}" for name, status in sinks.items() if status["trouble"])
    source = f"; SOURCE: {troubles[0].partition(':')[0]}" if troubles else ""
    return f"{state.payments} payments ({state.rate:.0f}/s), {state.alerts} alerts{delay}; rows: {rows}{source}{waits}"


def _waits(status: dict[str, Any]) -> str:
    return f" waits: {status['trouble']}" if status["trouble"] else ""


def summary(state: State, servers: Servers, restarts: Mapping[str, int], troubles: Sequence[str] = ()) -> str:
    """The figures of the whole run, one a line."""
    dead = dead_letters(servers)
    figures = {
        "payments": str(state.payments),
        "alerts": f"{state.alerts} ({_counts(dict(sorted(state.by_rule.items()))) or 'none'})",
    }
    if state.delay_p50_ms is not None:
        figures["payment to alert"] = f"median {state.delay_p50_ms} ms, p99 {state.delay_p99_ms} ms"
    for name, status in sink_status(servers).items():
        lag = f"{status['lag']} to go" if status["lag"] >= 0 else "lag unknown"
        figures[name] = f"{_counts(status['written'])}; {lag}{_waits(status)}"
    figures["dead letters"] = f"{sum(dead.values())} ({_counts(dead)})"
    if restarts:
        figures["restarts"] = _counts(restarts)
    if troubles:
        figures["source"] = "; ".join(troubles)
    width = max(map(len, figures))
    return "\n".join(["", "Summary", *(f"  {name:<{width}}  {text}" for name, text in figures.items())])


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items())
