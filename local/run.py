"""The command `run`."""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from local.apply.alerts import AlertFeed
from local.apply.alterations import STATEMENT
from local.apply.servers import ROOT
from local.apply.summary import State, line, read_state, summary
from local.errors import RunError
from local.pipeline import Pipeline
from local.servers import jars, loopback, shell
from plan.layers import record_deployment
from plan.model import Plan, PlanError

UNITS = {"s": 1, "m": 60, "h": 3600}
STATUS_SECONDS = 5.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)
USERS = 5_000
"""At 20 payments a second each user pays two or three times in ten minutes, far from a burst."""


def run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", default="dev", help="the stack to run (default: dev)")
    parser.add_argument("--for", dest="seconds", type=_duration, metavar="60s", help="stop after this time (s, m, h)")
    parser.add_argument("--rate", type=_rate, default=20.0, help="payments to generate a second (default: 20)")
    parser.add_argument("--users", type=_users, default=USERS, help=f"number of users (default: {USERS})")
    parser.add_argument("--port", type=int, default=8000, help="port of the page (default: 8000)")
    parser.add_argument("--keep", action="store_true", help="keep the run's data and logs until the next run")


def run(args: argparse.Namespace) -> int:
    asked = {name: value for name, value in vars(args).items() if name != "command"}
    try:
        with _interruptible():
            return Run(**asked).run()
    except (RunError, PlanError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the pipeline was up.", file=sys.stderr)
        return 130


@dataclass(kw_only=True)
class Run:
    """One run, from the plan to the summary; without `seconds` it lasts until Ctrl-C."""

    stack: str
    seconds: float | None
    rate: float
    users: int
    port: int
    keep: bool

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    def run(self) -> int:
        shell.reach_own_servers()
        loopback.require_free(self.port)
        jars.require_places()
        plan = record_deployment(self.stack, ROOT)
        if not plan.of_type(STATEMENT):
            raise RunError(f"Stack {self.stack} has no streaming layer; run one whose layer is streaming or complete.")
        pipeline = Pipeline(plan, say=self._say, port=self.port, rate=self.rate, users=self.users, keep=self.keep)
        self._hint(plan)
        with AlertFeed(loopback.url(self.port), self._say), pipeline:
            self._say(f"The page is at {pipeline.app.url}/  (Ctrl-C stops everything)")
            state = self._watch(pipeline)
            told = summary(state, pipeline.servers, pipeline.supervisor.restarts, pipeline.source_watch.troubles)
            print(told, flush=True)
        return 0

    def _hint(self, plan: Plan) -> None:
        """Warn when so many ordinary payments break the burst rule that they hide the frauds."""
        rules = plan.outputs["rules"]
        each = self.rate * 60 * rules["windowMinutes"] / self.users
        if each > rules["burstCount"] / 2:
            self._say(
                f"Hint: each user will pay about {each:.0f} times in {rules['windowMinutes']} minutes; more than "
                f'{rules["burstCount"]} are a burst_count. Lower --rate, or use ARGS="--users {self.users * 10}".'
            )

    def _watch(self, pipeline: Pipeline) -> State:
        """Print the status until the time is over or the user interrupts. Returns the last figures."""
        end = math.inf if self.seconds is None else time.monotonic() + self.seconds
        state = read_state(pipeline.app)
        next_status = time.monotonic() + STATUS_SECONDS
        with contextlib.suppress(KeyboardInterrupt):
            while time.monotonic() < end:
                pipeline.check_running()
                state = read_state(pipeline.app, state)
                if time.monotonic() >= next_status:
                    next_status += STATUS_SECONDS
                    self._say(line(state, pipeline.servers, pipeline.source_watch.troubles))
                time.sleep(0.2)
        _ignore_signals()  # a second Ctrl-C would interrupt the clean-up
        return state

    def _say(self, text: str) -> None:
        try:
            print(f"{time.monotonic() - self._began:6.1f} s  {text}", flush=True)
        except BrokenPipeError:
            _stop_unheard()


def _stop_unheard() -> None:
    """Stdout is closed (`| head`): shut down as on Ctrl-C and discard further output."""
    with Path(os.devnull).open("w") as nobody:
        os.dup2(nobody.fileno(), sys.stdout.fileno())
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextlib.contextmanager
def _interruptible() -> Generator[None]:
    """SIGTERM acts as Ctrl-C; signals that follow are ignored."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        _ignore_signals()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, or a number with s, m or h, for example 60s")
    return float(match[1]) * UNITS.get(match[2], 1)


def _users(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of users, from 1 to 1000000")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r}: give payments a second, from 0 to 100000")
    return rate
