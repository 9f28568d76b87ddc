"""Configuration of Flink for the run, and what the statement properties of Confluent Cloud mean here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from local.errors import RunError

SESSION = {
    # One task slot a statement: two cores serve the whole run, and one task more means one watermark more to wait for.
    "parallelism.default": "1",
    # A payment is judged when the watermark has passed it: the default of 200 ms would be most of the latency.
    "pipeline.auto-watermark-interval": "10 ms",
    "execution.buffer-timeout.interval": "5 ms",
    # A partition without payments holds the others back for this long.
    "table.exec.source.idle-timeout": "500 ms",
    "pipeline.object-reuse": "true",
    # The queries that both inserts of the rules begin with are planned, and run, once.
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    # A checkpoint knows a process table function (TO_CHANGELOG) by this name. Flink's own format has a number that
    # grows with each statement that the JVM plans, so that a statement started again in it would not find its state.
    "table.exec.uid.format": "<type>_<transformation>",
    # Rows reach the sinks, which read committed records, once per checkpoint; each copies the whole state. At full
    # speed one every two seconds costs a tenth of the payments that Flink judges.
    "execution.checkpointing.interval": "3 s",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "execution.checkpointing.num-retained": "2",
    "execution.checkpointing.tolerable-failed-checkpoints": "1000",
    # Kafka may be away for a while: try again for ever, as the service does.
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "2147483647",
    "restart-strategy.fixed-delay.delay": "1 s",
    # Flink 2.3 alone wants ON CONFLICT in the text; 2.4 takes that back, and Confluent Cloud never asked for it.
    "table.exec.sink.require-on-conflict": "false",
    # Flink keeps compiled queries in a cache of the JVM, which all statements share. A class of a statement that was
    # stopped may come from it, and Flink then refuses to load what that class needs, at each start anew. No statement
    # brings classes of its own, so that the loader of any of them will do.
    "classloader.check-leaked-classloader": "false",
    "table.local-time-zone": "UTC",
    "jobmanager.bind-host": "127.0.0.1",
    "taskmanager.bind-host": "127.0.0.1",
    "taskmanager.memory.network.min": "24 mb",
    "taskmanager.memory.network.max": "24 mb",
    "taskmanager.memory.managed.size": "16 mb",
}

# Name the place in the cloud (environment, cluster); here there is one place.
PLACES = ("sql.current-catalog", "sql.current-database")
# The zone of times that have none; the session's is UTC.
TIME_ZONE = "sql.local-time-zone"
STATE_TTL = "sql.state-ttl"
# How far one table of a statement may be read ahead of another. Here none is held back, as with 0 in the cloud.
ALIGNMENT = "sql.tables.scan.watermark-alignment.max-allowed-drift"
DURATION = re.compile(r"\d+ ?(ms|s|min|h|d)")


def of_statement(name: str, properties: Mapping[str, str], checkpoints: Path, recovery: Path | None) -> dict[str, str]:
    """Flink's settings for a statement that starts from the checkpoint `recovery`, if any.

    Raises:
        RunError: a property that has no meaning here, or a value that Flink does not take.
    """
    settings = {"pipeline.name": name, "execution.checkpointing.dir": _place(checkpoints), "table.exec.state.ttl": "0"}
    for key, value in properties.items():
        match key:
            case _ if key == STATE_TTL and DURATION.fullmatch(value):
                settings["table.exec.state.ttl"] = value
            case _ if key == STATE_TTL:
                raise RunError(f"statement {name}: {key} = {value!r} is not a duration, such as '24 h'")
            case _ if key == ALIGNMENT and value != "0":
                raise RunError(f"statement {name}: {key} = {value!r}: the local run aligns no tables; it knows '0'")
            case _ if key == TIME_ZONE and value != "UTC":
                raise RunError(f"statement {name}: {key} = {value!r}: the local run knows 'UTC'")
            case _ if key in (*PLACES, ALIGNMENT, TIME_ZONE):
                pass
            case _:
                known = ", ".join((*PLACES, STATE_TTL, ALIGNMENT, TIME_ZONE))
                raise RunError(f"statement {name}: the local run knows no property {key!r}; it knows {known}")
    if recovery:
        settings["execution.state-recovery.path"] = _place(recovery)
    return settings


def _place(folder: Path) -> str:
    """Flink escapes a path itself: of an escaped one it would make another folder, whose checkpoints nobody finds."""
    return f"file://{folder}"


def complete_checkpoints(checkpoints: Path) -> list[Path]:
    """The checkpoints below the folder of a statement that have their metadata, the newest first."""
    complete = [file.parent for file in checkpoints.glob("*/chk-*/_metadata")]
    return sorted(complete, key=lambda folder: (folder / "_metadata").stat().st_mtime_ns, reverse=True)
