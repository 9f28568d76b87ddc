"""Labelled payments that the app plays instead of generating some: simulated, or those of a folder."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

from components.contracts import PAYMENT_SCORE
from local.apply.accounts import GUEST
from local.apply.servers import ROOT, Servers
from local.config import write_report
from local.errors import RunError
from local.servers import shell
from local.waiting import Watch

WRITER = "quality.scenario"
"""A program of its own, as other servers are: it needs numpy and pandas, which the run does without."""
NEEDED = ("numpy", "pandas")
SPEED = 1_000.0
JUDGED = "judged.json"
PERIOD_SECONDS = 0.02
MOST_AT_ONCE = 10_000
UNASKED_SECONDS = 3_600.0
"""How much of a scenario is simulated when nobody says how long the run lasts."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`name` of a simulated world, or a folder with `data`; `seconds` is how long the run lasts, if that is known."""

    name: str | None
    data: Path | None
    speed: float
    seed: int | None
    seconds: float | None

    def write(self, out: Path) -> tuple[int, str]:
        """Write the files that the app plays. Returns the number of customers, and what there is in words.

        Raises RunError, which says everything that is wrong with the scenario.
        """
        if lacking := [name for name in NEEDED if not importlib.util.find_spec(name)]:
            raise RunError(
                f"A scenario needs {' and '.join(lacking)}: start it with `make run`, which installs them, or run "
                "`.venv/bin/python -m pip install -r requirements-quality.txt`."
            )
        source = ["--data", str(self.data.resolve())] if self.data else [f"--name={self.name}", f"--days={self._days}"]
        seed = [] if self.seed is None else [f"--seed={self.seed}"]
        command = [sys.executable, "-m", WRITER, *source, *seed, str(out)]
        done = subprocess.run(command, env=shell.environment(), cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RunError(done.stderr.strip()[-4000:])
        about = json.loads((out / "scenario.json").read_text(encoding="utf-8"))
        return about["customers"], done.stdout.strip()

    @property
    def _days(self) -> int:
        seconds = UNASKED_SECONDS if self.seconds is None else self.seconds
        return int(seconds * self.speed / 86_400) + 2


class Judged(Watch):
    """Counts the payments that have a score and tells the app, in a file: it plays no faster than the pipeline judges.

    Payments and outcomes are in two topics. In a backlog, outcomes would overtake payments by days, and the score uses
    nothing that became known after a payment.
    """

    def __init__(self, servers: Servers, folder: Path) -> None:
        super().__init__(self._count, every=PERIOD_SECONDS)
        self._file = folder / JUDGED
        self._payments = 0
        settings = {"group.id": "fraud-app-judged", "enable.auto.commit": False, "isolation.level": "read_uncommitted"}
        self._consumer = Consumer({**servers.kafka.client(GUEST), **settings, "auto.offset.reset": "earliest"})
        self._consumer.assign([TopicPartition(PAYMENT_SCORE.topic, 0, 0)])
        self._tell()

    def stop(self) -> None:
        super().stop()
        self._consumer.close()

    def _count(self) -> None:
        if found := [one for one in self._consumer.consume(MOST_AT_ONCE, 0) if not one.error()]:
            self._payments += len(found)
            self._tell()

    def _tell(self) -> None:
        write_report(self._file, {"payments": self._payments})
