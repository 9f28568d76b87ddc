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
from local.apply.scenario import SPEED, Scenario
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
RATE = 20.0
USERS, SECONDS_BETWEEN = 5_000, 100
"""Nobody comes near a burst: at 20 payments a second each user pays two or three times in ten minutes, and never more
than six times, as there are more users for a higher rate."""


def run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", default="dev", help="the stack to run (default: dev)")
    parser.add_argument("--for", dest="seconds", type=_duration, metavar="60s", help="stop after this time (s, m, h)")
    parser.add_argument("--rate", type=_rate, help=f"payments to generate a second (default: {RATE:g})")
    parser.add_argument(
        "--users", type=_users, help=f"number of users (default: {USERS}, or more when --rate is over {RATE:g})"
    )
    parser.add_argument("--scenario", metavar="NAME", help="play labelled payments, e.g. handbook (docs/quality.md)")
    parser.add_argument("--play", type=Path, metavar="FOLDER", help="play a folder's payments (docs/quality.md)")
    parser.add_argument("--speed", type=_speed, help=f"how many times as fast as the clock (default: {SPEED:g})")
    parser.add_argument("--seed", type=int, help="another world of the scenario")
    parser.add_argument("--port", type=int, default=8000, help="port of the page (default: 8000)")
    parser.add_argument("--keep", action="store_true", help="keep the run's data and logs until the next run")


def run(args: argparse.Namespace) -> int:
    try:
        with _interruptible():
            return _asked(args).run()
    except (RunError, PlanError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the pipeline was up.", file=sys.stderr)
        return 130


def _asked(args: argparse.Namespace) -> Run:
    """Raises RunError, which lists the options that do not go together."""
    scenario: Scenario | None = None
    if args.scenario is not None or args.play is not None:
        problems = [
            f"--{name} {getattr(args, name)}: a scenario has its own payments and customers; leave it out"
            for name in ("rate", "users")
            if getattr(args, name) is not None
        ]
        if args.scenario is not None and args.play is not None:
            problems.append("--scenario and --play: choose one of them")
        if args.play is not None and args.seed is not None:
            problems.append(f"--seed {args.seed}: the payments of a folder have none; leave it out")
        scenario = Scenario(
            name=args.scenario, data=args.play, speed=args.speed or SPEED, seed=args.seed, seconds=args.seconds
        )
    else:
        problems = [
            f"--{name} {getattr(args, name)}: this is for a scenario; add --scenario handbook, or --play FOLDER"
            for name in ("speed", "seed")
            if getattr(args, name) is not None
        ]
    if problems:
        raise RunError("\n".join(problems))
    rate = 0.0 if scenario else RATE if args.rate is None else args.rate
    users = args.users or max(USERS, int(rate * SECONDS_BETWEEN))
    return Run(
        stack=args.stack, seconds=args.seconds, rate=rate, users=users, port=args.port, keep=args.keep,
        scenario=scenario,
    )  # fmt: skip


@dataclass(kw_only=True)
class Run:
    """One run, from the plan to the summary; without `seconds` it lasts until Ctrl-C."""

    stack: str
    seconds: float | None
    rate: float
    users: int
    port: int
    keep: bool
    scenario: Scenario | None = None

    def __post_init__(self) -> None:
        self._began = time.monotonic()

    def run(self) -> int:
        shell.reach_own_servers()
        loopback.require_free(self.port)
        jars.require_places()
        plan = record_deployment(self.stack, ROOT)
        if not plan.of_type(STATEMENT):
            raise RunError(f"Stack {self.stack} has no streaming layer; run one whose layer is streaming or complete.")
        pipeline = Pipeline(
            plan,
            say=self._say,
            port=self.port,
            rate=self.rate,
            users=self.users,
            scenario=self.scenario,
            keep=self.keep,
        )
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
    return _number(text, "payments a second", 0, 100_000)


def _speed(text: str) -> float:
    return _number(text, "how many times as fast as the clock it is", 1, 20_000)


def _number(text: str, what: str, least: float, most: float) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"{text!r}: give {what}, from {least:g} to {most:.0f}")
    return number
