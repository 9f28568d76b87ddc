"""The command `run`: the pipeline of a stack on this machine."""

from __future__ import annotations

import argparse
import contextlib
import re
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

from contracts import SCHEMA, SOURCES
from contracts.ddl import postgres as ddl
from local.errors import RunError
from local.parts import jars, ports
from local.parts.children import Children
from local.parts.folder import RunFolder
from local.parts.postgres import Postgres
from local.plan.model import Plan, PlanError
from local.plan.record import record
from local.realise.accounts import CONNECTOR, accounts
from local.realise.app import App, seed
from local.realise.preflight import check
from local.realise.registry import STATEMENT, handlers, realisable
from local.realise.servers import ROOT, SOURCE_DATABASE, WAREHOUSE_DATABASE, Servers
from local.realise.summary import State, line, read_state, summary
from local.realise.supervisor import Supervisor
from local.realise.walk import create_all

RUNNING_TYPES = (CONNECTOR, STATEMENT)
UNITS = {"s": 1, "m": 60, "h": 3600}
STATUS_SECONDS = 5.0
SETTLE_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the user asked for; `seconds` None: until Ctrl-C."""

    stack: str
    seconds: float | None
    rate: float
    users: int
    port: int
    keep: bool


def run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", default="dev", help="the stack whose plan is made real (default: dev)")
    parser.add_argument("--for", dest="seconds", type=_duration, metavar="60s", help="stop after this time (s, m, h)")
    parser.add_argument("--rate", type=_rate, default=20.0, help="generated payments a second, 0: none (default: 20)")
    parser.add_argument("--users", type=int, default=1000, help="users who pay (default: 1000)")
    parser.add_argument("--port", type=int, default=8000, help="port of the page (default: 8000)")
    parser.add_argument("--keep", action="store_true", help="leave the run's data and logs; the next run replaces them")


def run(args: argparse.Namespace) -> int:
    options = Options(
        stack=args.stack, seconds=args.seconds, rate=args.rate, users=args.users, port=args.port, keep=args.keep
    )
    try:
        with _interruptible():
            return Run(options).run()
    except (RunError, PlanError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped before the pipeline was up.", file=sys.stderr)
        return 130


class Run:
    """One run, from the plan to the summary."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._began = time.monotonic()
        self._folder = RunFolder(ROOT, options.stack)

    def run(self) -> int:
        options = self._options
        ports.require_free(options.port)
        plan = record(options.stack, ROOT, mode="update")
        found = accounts(plan)
        check(plan, found)
        jars.fetch_all(self._say)
        path = self._folder.open()
        try:
            children = Children(path)
            servers = Servers(children, path, found)
            done = False
            try:
                self._realise(plan, servers)
                done = True
            finally:
                servers.stop(learn=done)
                children.close()
            return 0
        finally:
            self._folder.close(keep=options.keep)
            if options.keep:
                self._say(f"Data and logs: {path}")

    def _realise(self, plan: Plan, servers: Servers) -> None:
        self._say("Starting Kafka, Flink, Debezium, PostgreSQL and OpenSearch")
        servers.start(self._prepare_database)
        app = App(servers, plan, port=self._options.port, rate=self._options.rate)
        servers.add_app(app)
        known = handlers(servers)
        resources = realisable(plan, set(known))
        create_all(resources, known)
        self._say(f"{len(resources)} resources of the plan are real: topics, ACLs, Flink statements, connectors")
        supervisor = Supervisor(self._say)
        try:
            servers.ready(app)
            self._settle(servers, plan)
            self._say(f"The page is at {app.url}/  (Ctrl-C stops everything)")
            self._supervise(supervisor, servers, app)
            state = self._watch(servers, app, supervisor)
        finally:
            supervisor.stop()
            app.stop()
        print(summary(state, servers, supervisor.restarts))

    def _prepare_database(self, postgres: Postgres) -> None:
        """What a database administrator does before the pipeline: tables, users, a place for the warehouse."""
        for name in (SOURCE_DATABASE, WAREHOUSE_DATABASE):
            postgres.create_database(name)
        with postgres.connect(SOURCE_DATABASE) as connection:
            connection.execute(f'CREATE SCHEMA "{SCHEMA}"')  # pyright: ignore[reportArgumentType]
            for table in SOURCES:
                connection.execute(ddl(table))  # pyright: ignore[reportArgumentType, reportCallIssue]
        seed(postgres, self._folder.path, self._options.users)

    def _supervise(self, supervisor: Supervisor, servers: Servers, app: App) -> None:
        for server in (*servers.all, app):
            supervisor.watch(server, servers.flink.restart if server is servers.gateway else None)
        supervisor.start()

    def _settle(self, servers: Servers, plan: Plan) -> None:
        """The plan's order gates, checked before the run is called up: everything that should run does."""
        known = handlers(servers)
        waiting = [resource for resource in realisable(plan, set(known)) if resource.type in RUNNING_TYPES]
        end = time.monotonic() + SETTLE_SECONDS
        while waiting:
            resource = waiting[0]
            state = known[resource.type].read(resource) or {}
            status = state.get("status") or state.get("state")
            if status in ("RUNNING", "COMPLETED", "FINISHED"):
                waiting.pop(0)
            elif status == "FAILED" or time.monotonic() > end:
                trace = f": {state['trace']}" if state.get("trace") else ""
                raise RunError(f"{resource.name} is {status} and not running{trace}. Logs: run again with --keep.")
            else:
                time.sleep(0.1)

    def _watch(self, servers: Servers, app: App, supervisor: Supervisor) -> State:
        end = None if self._options.seconds is None else time.monotonic() + self._options.seconds
        first = False
        state = read_state(app)
        next_status = time.monotonic() + STATUS_SECONDS
        with contextlib.suppress(KeyboardInterrupt):
            while end is None or time.monotonic() < end:
                if supervisor.failure:
                    raise supervisor.failure
                state = read_state(app, state)
                if state.alerts and not first:
                    first = True
                    self._say("First alert")
                if time.monotonic() >= next_status:
                    next_status += STATUS_SECONDS
                    self._say(line(state, servers))
                time.sleep(0.2)
        return state

    def _say(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:6.1f} s  {text}", flush=True)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does; a second signal while it stops is too late to matter."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r}: give seconds, or a number with s, m or h, such as 60s")
    return float(match[1]) * UNITS.get(match[2], 1)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r}: give payments a second, from 0 to 100000")
    return rate
