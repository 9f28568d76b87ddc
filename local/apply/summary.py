"""The figures of a run: the status line and the summary."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.apply.app_server import App, ask
from local.apply.servers import Servers

BEHIND_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class State:
    """The app's figures. Delays are from payment to alert, None before the first alert; `known` is what outcomes say of
    the alerts, None before the first; `scenario` is where it is, None without one.
    """

    payments: int
    rate: float
    alerts: int
    by_rule: dict[str, int]
    delay_p50_ms: int | None
    delay_p99_ms: int | None
    known: dict[str, Any] | None = None
    scenario: dict[str, Any] | None = None


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
    told = f"{state.payments} payments ({state.rate:.0f}/s), {state.alerts} alerts{delay}; rows: {rows}{source}{waits}"
    more = [*_simulated(state.scenario), *_known(state.known)]
    return "\n          ".join([told, *more])


def _simulated(scenario: Mapping[str, Any] | None) -> Iterator[str]:
    if scenario:
        phases = {"history": "history, as fast as possible", "live": f"{scenario['speed']:g}x", "over": "it is over"}
        phases["failed"] = "FAILED, see logs/app.log: make -s connections has the folder"
        behind = f", {scenario['behind_seconds']} s behind" if scenario["behind_seconds"] > BEHIND_SECONDS else ""
        yield f"scenario: {scenario['time']:.16} ({phases[scenario['phase']]}{behind})".replace("T", " ")


def _known(known: Mapping[str, Any] | None) -> Iterator[str]:
    """What the outcomes say of all alerts together."""
    if known:
        precision, recall = _share(known["hits"], known["alerts"]), _share(known["hits"], known["frauds"])
        yield (
            f"known: {known['payments']} payments, {known['frauds']} frauds; precision {precision} of the payments "
            f"with an alert, recall {recall} of the frauds"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part} of {whole})" if whole else "of none"


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
    if state.known:
        (figures["known"],) = (text.removeprefix("known: ") for text in _known(state.known))
        for rule, found in state.known["by_rule"].items():
            figures[f"  {rule}"] = f"precision {_share(found['hits'], found['alerts'])}"
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
