"""What a run did, in figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.apply.app import App, ask
from local.apply.servers import Servers


@dataclass(frozen=True, kw_only=True)
class State:
    """The app's figures: delays are milliseconds from payment to alert, None before the first."""

    payments: int
    rate: float
    alerts: int
    by_rule: dict[str, int]
    delay_p50_ms: int | None
    delay_p99_ms: int | None


EMPTY = State(payments=0, rate=0, alerts=0, by_rule={}, delay_p50_ms=None, delay_p99_ms=None)


def read_state(app: App, otherwise: State = EMPTY) -> State:
    """The app's figures; `otherwise` while the app is being started again."""
    found = ask(f"{app.url}/api/state")
    return State(**{name: found[name] for name in State.__dataclass_fields__}) if found else otherwise


def sink_status(servers: Servers) -> dict[str, dict[str, Any]]:
    """The last report of each sink: rows written a topic, records sent to the dead-letter topic, records to go."""
    return {name: json.loads(sink.report.read_bytes()) for name, sink in servers.sinks.items() if sink.is_ready()}


def dead_letters(servers: Servers) -> dict[str, int]:
    """Records that could not be handled, by the topic that holds them."""
    found = Counter[str]()
    for name, status in sink_status(servers).items():
        found[servers.sinks[name].config.dead_letter] += status["dead"]
    for log in servers.error_logs.values():
        if log.is_ready():
            found[log.config.target] += json.loads(log.report.read_bytes())["logged"]
    return dict(found)


def line(state: State, servers: Servers, troubles: Sequence[str] = ()) -> str:
    """One line of progress; `troubles` are the source's, of now."""
    sinks = sink_status(servers)
    rows = ", ".join(f"{name.rsplit('-', 1)[-1]} {sum(status['written'].values())}" for name, status in sinks.items())
    delay = f", median delay {state.delay_p50_ms} ms" if state.delay_p50_ms is not None else ""
    waits = "".join(f"\n          {name}{_waits(status)}" for name, status in sinks.items() if status["trouble"])
    told = f"; SOURCE: {troubles[0].partition(':')[0]}" if troubles else ""
    return f"{state.payments} payments ({state.rate:.0f}/s), {state.alerts} alerts{delay}; rows: {rows}{told}{waits}"


def _waits(status: dict[str, Any]) -> str:
    """What keeps a sink waiting, and what helps."""
    return f" waits: {status['trouble']}" if status["trouble"] else ""


def summary(state: State, servers: Servers, restarts: Mapping[str, int], troubles: Sequence[str] = ()) -> str:
    """The whole run, one figure a line."""
    dead = dead_letters(servers)
    figures = {
        "payments": str(state.payments),
        "alerts": f"{state.alerts} ({_counts(dict(sorted(state.by_rule.items()))) or 'none'})",
    }
    if state.delay_p50_ms is not None:
        figures["payment to alert"] = f"median {state.delay_p50_ms} ms, p99 {state.delay_p99_ms} ms"
    for name, status in sink_status(servers).items():
        togo = f"{status['lag']} to go" if status["lag"] >= 0 else "not there yet"
        figures[name] = f"{_counts(status['written'])}; {togo}{_waits(status)}"
    figures["dead letters"] = f"{sum(dead.values())} ({_counts(dead)})"
    if restarts:
        figures["started again"] = _counts(restarts)
    if troubles:
        figures["source"] = "; ".join(troubles)
    width = max(map(len, figures))
    return "\n".join(["", "Summary", *(f"  {name:<{width}}  {text}" for name, text in figures.items())])


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items())
