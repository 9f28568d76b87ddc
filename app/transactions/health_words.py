"""What the times and offsets of the pipeline's parts mean, in words."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["ok", "idle", "late", "down", "unknown"]
IDLE_SECONDS = 15.0
LATE_SECONDS = 5.0
DOWN_SECONDS = 30.0
SILENT_SECONDS = 4.0
"""A server that is asked all the time and has not answered for so long is down."""


@dataclass(frozen=True)
class Part:
    """One part of the pipeline. `age_seconds`: since its last event, or since it last answered."""

    part: str
    title: str
    status: Status
    age_seconds: float | None
    words: str

    def data(self) -> dict[str, Any]:
        age = self.age_seconds
        return asdict(self) | {"age_seconds": None if age is None else round(max(0.0, age), 1)}


@dataclass(frozen=True)
class Following:
    """A part that passes events on: the time of its newest, and since when one waits."""

    newest: float | None
    waiting_since: float | None = None


@dataclass(frozen=True)
class Writing:
    """A sink: the records that wait, None before it has written any, and since when it has made no progress."""

    waiting: int | None
    since: float
    trouble: str = ""


def server(part: str, title: str, answered_at: float | None, now: float) -> Part:
    """A server that is asked all the time."""
    if answered_at is None:
        return Part(part, title, "unknown", None, "has not answered yet")
    age = now - answered_at
    if age <= SILENT_SECONDS:
        return Part(part, title, "ok", age, "answers")
    return Part(part, title, "down", age, f"has not answered for {span(age)}")


def follower(part: str, title: str, seen: Following | None, now: float) -> Part:
    """Change data capture or Flink; `seen` is None while Kafka does not tell."""
    if seen is None:
        return Part(part, title, "unknown", None, "cannot be told while Kafka does not answer")
    age = None if seen.newest is None else now - seen.newest
    if seen.waiting_since is not None and now - seen.waiting_since > LATE_SECONDS:
        waiting = now - seen.waiting_since
        stuck = (waiting if age is None else age) > DOWN_SECONDS
        last = "nothing has come from it yet" if age is None else f"its last event is {span(age)} old"
        words = f"payments have been waiting for {span(waiting)}; {last}"
        return Part(part, title, "down" if stuck else "late", age, words)
    if age is None:
        return Part(part, title, "idle", None, "nothing to do yet")
    if age > IDLE_SECONDS:
        return Part(part, title, "idle", age, f"nothing to do for {span(age)}")
    return Part(part, title, "ok", age, f"its last event is {span(age)} old")


def sink(part: str, title: str, seen: Writing | None, now: float, late_seconds: float) -> Part:
    """A sink connector, whose consumer group tells what it has written."""
    if seen is None:
        return Part(part, title, "unknown", None, "cannot be told while Kafka does not answer")
    if seen.trouble or seen.waiting is None:
        return Part(part, title, "unknown", None, seen.trouble or "has not written anything yet")
    age = now - seen.since
    if not seen.waiting:
        idle = age > IDLE_SECONDS
        words = f"everything is written; nothing to do for {span(age)}" if idle else "everything is written"
        return Part(part, title, "idle" if idle else "ok", age, words)
    records = f"{seen.waiting:,} record{'s' if seen.waiting > 1 else ''}"
    if age <= late_seconds:
        return Part(part, title, "ok", age, f"is writing; {records} to go")
    status: Status = "down" if age > late_seconds + DOWN_SECONDS else "late"
    return Part(part, title, status, age, f"{records} waiting; none written for {span(age)}")


def span(seconds: float) -> str:
    """A time span, as short as it is useful: 0.4 s, 12 s, 3 min, 2 h."""
    if seconds < 1:
        return f"{max(0.0, seconds):.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
