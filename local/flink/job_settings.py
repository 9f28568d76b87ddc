"""Flink's configuration, and the translation of Confluent Cloud's statement properties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from local.errors import RunError

SESSION = {
    # Two cores serve the whole run, and each further task adds a watermark to wait for.
    "parallelism.default": "1",
    # A payment is judged when the watermark passes it: the default, 200 ms, would dominate the latency.
    "pipeline.auto-watermark-interval": "10 ms",
    "execution.buffer-timeout.interval": "5 ms",
    # A partition without payments delays the others for this long.
    "table.exec.source.idle-timeout": "500 ms",
    "pipeline.object-reuse": "true",
    # Plan and run the queries that both INSERTs share once.
    "table.optimizer.reuse-optimize-block-with-digest-enabled": "true",
    # A checkpoint names the state of a process table function (TO_CHANGELOG) so. Flink's default has a counter of the
    # JVM's statements, and a restarted statement would not find its state.
    "table.exec.uid.format": "<type>_<transformation>",
    # Sinks read committed records, and Flink commits at each checkpoint. At full speed, a checkpoint every two seconds
    # costs a tenth of the throughput.
    "execution.checkpointing.interval": "3 s",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "execution.checkpointing.num-retained": "2",
    "execution.checkpointing.tolerable-failed-checkpoints": "1000",
    # Retry for ever, as the service does.
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "2147483647",
    "restart-strategy.fixed-delay.delay": "1 s",
    # Only Flink 2.3 requires ON CONFLICT; Confluent Cloud does not.
    "table.exec.sink.require-on-conflict": "false",
    # All statements share the JVM's cache of compiled queries. A class in it may belong to a stopped statement, whose
    # class loader this check would refuse at every start. Statements bring no classes, so any loader serves.
    "classloader.check-leaked-classloader": "false",
    "table.local-time-zone": "UTC",
    "jobmanager.bind-host": "127.0.0.1",
    "taskmanager.bind-host": "127.0.0.1",
    "taskmanager.memory.network.min": "24 mb",
    "taskmanager.memory.network.max": "24 mb",
    "taskmanager.memory.managed.size": "16 mb",
}

# The environment and the cluster in the cloud; the local run has one of each.
PLACES = ("sql.current-catalog", "sql.current-database")
STATE_TTL = "sql.state-ttl"
TIME_ZONE = "sql.local-time-zone"
# How far a statement may read one table ahead of another; 0 means any distance.
ALIGNMENT = "sql.tables.scan.watermark-alignment.max-allowed-drift"
HONOURED = {TIME_ZONE: "UTC", ALIGNMENT: "0"}
DURATION = re.compile(r"\d+ ?(ms|s|min|h|d)")


def of_statement(name: str, properties: Mapping[str, str], checkpoints: Path, recovery: Path | None) -> dict[str, str]:
    """Flink's settings for a statement that starts from the checkpoint `recovery`, if any.

    Raises RunError for an unknown property or a refused value.
    """
    settings = {"pipeline.name": name, "execution.checkpointing.dir": _place(checkpoints), "table.exec.state.ttl": "0"}
    for key, value in properties.items():
        if key not in (*PLACES, STATE_TTL, *HONOURED):
            known = ", ".join((*PLACES, STATE_TTL, *HONOURED))
            raise RunError(f"statement {name}: the local run knows no property {key!r}; it knows {known}")
        if value != HONOURED.get(key, value):
            raise RunError(f"statement {name}: {key} = {value!r}; the local run can honour {HONOURED[key]!r}")
        if key == STATE_TTL:
            if not DURATION.fullmatch(value):
                raise RunError(f"statement {name}: {key} = {value!r} is not a duration; write it as '24 h'")
            settings["table.exec.state.ttl"] = value
    if recovery:
        settings["execution.state-recovery.path"] = _place(recovery)
    return settings


def _place(folder: Path) -> str:
    """Not `as_uri()`: Flink escapes the path itself, and an escaped one would name another folder."""
    return f"file://{folder}"


def complete_checkpoints(checkpoints: Path) -> list[Path]:
    """A statement's complete checkpoints, the newest first."""
    complete = [file.parent for file in checkpoints.glob("*/chk-*/_metadata")]
    return sorted(complete, key=lambda folder: (folder / "_metadata").stat().st_mtime_ns, reverse=True)


def newest_checkpoint(checkpoints: Path) -> int:
    """Number of a statement's newest complete checkpoint, or 0. By name, as Flink may remove one at any time."""
    found = checkpoints.glob("*/chk-*/_metadata")
    return max((int(file.parent.name.removeprefix("chk-")) for file in found), default=0)
