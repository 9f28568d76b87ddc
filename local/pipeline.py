"""Starts, supervises and stops the pipeline of a plan on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from types import TracebackType
from typing import Self

from local.apply import connections
from local.apply.accounts import accounts
from local.apply.alterations import as_statements
from local.apply.app_server import App, Played, seed
from local.apply.handlers import CREATE, STATE, only_stores, to_make
from local.apply.preflight import check
from local.apply.scenario import Judged, Scenario
from local.apply.scheduler import create_all, put_off
from local.apply.servers import ROOT, Servers
from local.apply.source_tables import make_source
from local.apply.source_watch import SourceWatch
from local.apply.supervisor import Supervisor
from local.errors import RunError
from local.servers import jars
from local.servers.children import Children
from local.servers.folder import RunFolder
from local.servers.postgres import WAREHOUSE_DATABASE, Postgres
from local.waiting import until
from plan.model import Plan, Resource

RUNNING = ("RUNNING", "COMPLETED", "FINISHED")
SETTLE_SECONDS = 60.0


@dataclass(eq=False)
class Pipeline:
    """A context in which everything runs; nothing runs after it.

    The app serves on `port` and generates `rate` payments a second of `users` users, or plays a `scenario`. Entering
    raises RunError when the plan or the scenario has a problem or a server does not start, and leaves nothing running.
    """

    plan: Plan
    _: KW_ONLY
    say: Callable[[str], None]
    port: int
    rate: float = 0
    users: int = 1000
    scenario: Scenario | None = None
    keep: bool = False

    def __post_init__(self) -> None:
        self.plan = as_statements(self.plan)
        self._folder = RunFolder(ROOT, self.plan.stack)
        self._telling = threading.Lock()
        self._played: Played | None = None
        self._judged: Judged | None = None
        self.supervisor = Supervisor(self.say, self._tell_connections)

    def __enter__(self) -> Self:
        found = accounts(self.plan)
        check(self.plan, found)
        self.path = self._folder.open()
        try:
            self._played = self._write_scenario()
            jars.fetch_all(self.say)
            self.children = Children(self.path)
            self.servers = Servers(self.children, found)
            self.source_watch = SourceWatch(self.servers, self.say)
            self.app = App(self.servers, self.plan, port=self.port, rate=self.rate, played=self._played)
            self._start()
        except BaseException:
            self._stop(learn=False)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop(learn=kind is None)

    def check_running(self) -> None:
        """Raises RunError when the supervisor has given up on a server."""
        if self.supervisor.failure:
            raise self.supervisor.failure

    def _write_scenario(self) -> Played | None:
        """Write the scenario's files. Its customers are the users."""
        if not self.scenario:
            return None
        self.say("Preparing the scenario, up to a minute")
        folder = self.path / "scenario"
        self.users, words = self.scenario.write(folder)
        self.say(f"Scenario: {words}, {self.scenario.speed:g} times as fast as the clock")
        return Played(folder=folder, speed=self.scenario.speed)

    def _start(self) -> None:
        self.say("Starting Kafka, the schema registry, Flink, Debezium, PostgreSQL and OpenSearch")
        self.servers.start(self._prepare_database)
        self.servers.add_app(self.app)
        resources = to_make(self.plan)
        # Flink takes seconds to plan a statement and plans one at a time, so detection comes before storage.
        for resources_at_once in put_off(resources, only_stores):
            create_all(resources_at_once, lambda resource: CREATE[resource.type](self.servers, resource))
        self.say(f"{len(resources)} resources of the plan are real: topics, ACLs, Flink statements, connectors")
        for server in (self.app, *self.servers.error_logs.values()):
            self.servers.ready(server)
        self._settle([resource for resource in resources if resource.type in STATE])
        for server in self.servers.all:
            restart = self.servers.flink.restart if server is self.servers.gateway else None
            # Detection goes on when a sink fails.
            self.supervisor.watch(server, restart, optional=server in self.servers.sinks.values())
        self.supervisor.start()
        self.source_watch.start()
        if self._played:
            self._judged = Judged(self.servers, self._played.folder)
            self._judged.start()
        self._tell_connections()

    def _tell_connections(self) -> None:
        with self._telling:
            connections.write(self.path, connections.describe(self.servers, self.app))

    def _stop(self, *, learn: bool) -> None:
        self.supervisor.stop()
        if self._judged:
            self._judged.stop()
        if hasattr(self, "servers"):
            self.source_watch.stop()
            connections.forget(self.path)
            self.servers.stop(learn=learn)
            self.children.close()
        self._folder.close(keep=self.keep)
        if self.keep:
            self.say(f"Data and logs: {self.path}")

    def _prepare_database(self, postgres: Postgres) -> None:
        """Create the tables with the users, and the warehouse's database."""
        make_source(postgres)
        postgres.create_database(WAREHOUSE_DATABASE)
        seed(postgres, self.path, self.users)

    def _settle(self, resources: Sequence[Resource]) -> None:
        """Wait until every statement and connector runs. This stands for the plan's order gates."""
        left, problem = list(resources), ""

        def settled() -> bool:
            nonlocal problem
            while left:
                status, cause = STATE[left[0].type](self.servers, left[0])
                if status not in RUNNING:
                    problem = f"{left[0].name} does not run, it is {status}{cause and f': {cause}'}"
                    return status == "FAILED"
                left.pop(0)
            return True

        if not until(settled, seconds=SETTLE_SECONDS, every=0.1) or left:
            raise RunError(f'{problem}. To see the logs: ARGS="--keep".')
