"""The size of the statement's state, in a checkpoint: for each account and terminal, and whether it grows with time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import tenacity
from confluent_kafka import Consumer, Producer, TopicPartition
from py4j.protocol import Py4JJavaError  # pyright: ignore[reportMissingTypeStubs] - none

from bench.common import figure, flink_alone, rules_statements, send
from bench.records import RawRecords
from bench.state_rows import ALERTED, Row, batch, filling, moved, users
from components.contracts import OUTPUTS, PAYMENT_SCORE, USER_TRANSACTION
from local.avro import Schemas
from local.errors import RunError
from local.flink.job_settings import complete_checkpoints, newest_checkpoint
from local.flink.session import FlinkSession
from local.servers.kafka import Kafka
from local.waiting import until

KEYS = (1_000, 10_000, 100_000)
HEAP = "8g"
"""Flink's. A local run has less, for a thousand accounts."""
QUIET_CHECKPOINTS = 2
"""After so many in which nothing was written, all has been read."""
PATIENCE_SECONDS = 3_600.0
PARTS = {
    "episode": re.compile("episode_id"),
    "account with alerts": re.compile(r"partitionBy=\[ACCOUNT_ID\].*\brule_id"),
    "terminal": re.compile(r"(By|key)=\[TERMINAL_ID"),
    "account": re.compile(r"(By|key)=\[(ACCOUNT_ID|owner_id|ID)\b|^Join"),
}
"""What an operator keeps state of, by its name. The rest is of ids, the last alerts, and places in topics."""
GROWN = 0.01


class StateSession(FlinkSession):
    """Operators have their keys in their names; large checkpoints leave time between them."""

    def open(self) -> None:
        super().open()
        settings = self._environment.getConfig()
        settings.set("table.exec.simplify-operator-name-enabled", "false")
        settings.set("execution.checkpointing.interval", "20 s")


class Measured(NamedTuple):
    """Bytes of each operator in a checkpoint, and of Flink's heap after a collection."""

    sizes: Counter[str]
    heap: int


def measure() -> None:
    for keys in KEYS:
        _measure(keys)


def _measure(keys: int) -> None:
    with flink_alone("bench", "bench", session=StateSession, heap=HEAP) as (kafka, registry, flink):
        *settings, rules = rules_statements()
        for statement in (*settings, rules):
            flink.submit(statement)
        run = _Run(kafka, Schemas(registry.url), flink, rules.name)
        stages = filling(), users(keys), batch(keys, 0), batch(keys, 1), moved(keys)
        measured = [run.after(rows) for rows in stages]
    _tell(keys, measured)


class _Run:
    """Sends rows, and measures the checkpoint when they have all been read."""

    def __init__(self, kafka: Kafka, schemas: Schemas, flink: FlinkSession, statement: str) -> None:
        self._producer = Producer({**kafka.client("bench"), "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
        self._topics = Consumer({**kafka.client("bench"), "group.id": "bench"})
        self._records, self._flink = RawRecords(schemas), flink
        self._checkpoints = flink.gateway.folder / "checkpoints" / statement
        self._sent = 0

    def after(self, rows: Iterable[Row]) -> Measured:
        """Once these rows are read too."""
        for table, row in rows:
            send(self._producer, self._records, table, row)
            self._sent += table is USER_TRANSACTION
        self._producer.flush()
        self._wait_for_quiet()
        return Measured(self._sizes(), self._heap())

    def _wait_for_quiet(self) -> None:
        seen, since = self._written(), newest_checkpoint(self._checkpoints)

        def quiet() -> bool:
            nonlocal seen, since
            written, newest = self._written(), newest_checkpoint(self._checkpoints)
            if written != seen:
                seen, since = written, newest
            return written[PAYMENT_SCORE.topic] >= self._sent and newest >= since + QUIET_CHECKPOINTS

        if not until(quiet, seconds=PATIENCE_SECONDS, every=0.5):
            raise RunError(self._flink.gateway.trouble(f"{self._sent} payments not judged in {PATIENCE_SECONDS:.0f} s"))

    def _written(self) -> dict[str, int]:
        """The end of each output topic."""
        places = ((table.topic, TopicPartition(table.topic, 0)) for table in OUTPUTS)
        return {topic: self._topics.get_watermark_offsets(place)[1] for topic, place in places}

    def _heap(self) -> int:
        jvm = self._flink.gateway.jvm
        jvm.java.lang.System.gc()
        runtime = jvm.java.lang.Runtime.getRuntime()
        return runtime.totalMemory() - runtime.freeMemory()

    # Flink may remove the newest checkpoint while it is read; then there is a newer one.
    @tenacity.retry(
        retry=tenacity.retry_if_exception_type((FileNotFoundError, Py4JJavaError)),
        stop=tenacity.stop_after_attempt(5),
        wait=tenacity.wait_fixed(1),
        reraise=True,
    )
    def _sizes(self) -> Counter[str]:
        checkpoint = complete_checkpoints(self._checkpoints)[0]
        jvm, file, sizes = self._flink.gateway.jvm, str(checkpoint / "_metadata"), Counter[str]()
        stream = jvm.java.io.DataInputStream(jvm.java.io.FileInputStream(file))
        loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
        found = jvm.org.apache.flink.runtime.checkpoint.Checkpoints.loadCheckpointMetadata(stream, loader, file)
        stream.close()
        for operator in found.getOperatorStates():
            sizes[operator.getOperatorName().orElse(operator.getOperatorID().toString())] += operator.getStateSize()
        return sizes


def _tell(keys: int, measured: list[Measured]) -> None:
    """Without accounts, with users, after the first payments of each, after as many again, and after one by a new
    device from a new address.
    """
    name, sizes = f"state: {keys:,} accounts and terminals", [one.sizes for one in measured]
    fixed, known, once, twice, _ = sizes
    figure(name, f"{(known.total() - fixed.total()) / keys:,.0f} bytes for each user")
    for part, count in _counts(keys).items():
        _, begin, before, after, _ = (_of(part, size) for size in sizes)
        grown = after / before - 1
        figure(
            name, f"{(before - begin) / count:,.0f} bytes for each {part}; after as many payments again {grown:+.2%}"
        )
    new = [_of("account", size) for size in sizes[-2:]]
    figure(name, f"{(new[1] - new[0]) / keys / 2:,.0f} bytes for each new device or address of an account")
    figure(f"{name}: the rest", _megabytes([_of(None, size) for size in sizes]))
    figure(f"{name}: Flink's heap", _megabytes([one.heap for one in measured]))
    for operator, size in twice.items():
        if size > once[operator] * (1 + GROWN):
            figure(f"{name}: has grown", f"{once[operator]:,} to {size:,} bytes: {operator[:160]}")


def _counts(keys: int) -> dict[str, int]:
    """Of each part, after the first payments."""
    alerted = keys // ALERTED
    return {"account": keys, "terminal": keys, "account with alerts": alerted, "episode": alerted}


def _megabytes(sizes: list[int]) -> str:
    return ", then ".join(f"{size / 2**20:.1f} MB" for size in sizes)


def _of(part: str | None, sizes: Counter[str]) -> int:
    return sum(size for operator, size in sizes.items() if _part(operator) == part)


def _part(operator: str) -> str | None:
    return next((part for part, pattern in PARTS.items() if pattern.search(operator)), None)
