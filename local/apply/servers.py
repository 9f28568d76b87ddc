"""The servers of a run; they start side by side."""

from __future__ import annotations

import concurrent.futures
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from confluent_kafka.admin import AdminClient

from local.apply.accounts import GUEST, GUEST_RIGHTS, Accounts
from local.apply.rights import allow
from local.config import PASSWORD_VARIABLE, WorkerConfig
from local.flink.error_log import ErrorLogConfig
from local.flink.session import FlinkSession
from local.flink.table_sql import Endpoints
from local.servers.children import Children
from local.servers.connect import Connect
from local.servers.flink import FlinkGateway
from local.servers.kafka import Credentials, Kafka, make_topic
from local.servers.opensearch import OpenSearch
from local.servers.postgres import Postgres
from local.servers.registry import Registry
from local.servers.server import Server
from local.sinks.config import TARGET_PASSWORD_VARIABLE, SinkConfig

ROOT = Path(__file__).resolve().parents[2]
C = TypeVar("C", bound=WorkerConfig)


class Worker(Server, Generic[C]):
    """A Python process of the run. It is ready after its first report."""

    def __init__(self, children: Children, config: C, *, module: str, secrets: dict[str, str], niceness: int) -> None:
        self.name = config.name
        self.niceness = niceness
        super().__init__(children)
        self.config = config
        self.report = Path(config.report)
        self._module = module
        self._secrets = secrets
        self._file = self.folder / "config.json"

    def prepare(self) -> None:
        self.config.save(self._file)

    def command(self) -> list[str]:
        return [sys.executable, "-m", self._module, str(self._file)]

    def environment(self) -> dict[str, str]:
        return {**self._secrets, "PYTHONPATH": str(ROOT)}

    def is_ready(self) -> bool:
        return self.report.exists()


def sink_worker(children: Children, config: SinkConfig, *, kafka: str, target: str) -> Worker[SinkConfig]:
    """The twin of a sink connector; `kafka` and `target` are passwords."""
    secrets = {PASSWORD_VARIABLE: kafka, TARGET_PASSWORD_VARIABLE: target}
    # Nice: detection has priority over storage.
    return Worker(children, config, module="local.sinks", secrets=secrets, niceness=5)


class Servers:
    """All servers; `start` returns at once, `ready(server)` waits for one."""

    def __init__(self, children: Children, accounts: Accounts) -> None:
        self.children = children
        self.folder = children.folder
        self.accounts = accounts
        self.credentials = Credentials(accounts.admin, {*accounts.all, GUEST})
        self.kafka = Kafka(children, self.credentials)
        self.postgres = Postgres(children)
        self.registry = Registry(children)
        self.opensearch = OpenSearch(children)
        self.gateway = FlinkGateway(children)
        endpoints = Endpoints(client=self.kafka.java_client(accounts.flink), registry=self.registry.url)
        self.flink = FlinkSession(self.gateway, endpoints)
        self.connect = Connect(
            children,
            client=self.kafka.java_client(accounts.source),
            registry=self.registry.url,
            source_password=self.postgres.password,
        )
        self._want_startup_caches(True)
        self.admin = AdminClient(self.kafka.client(accounts.admin))
        self.sinks: dict[str, Worker[SinkConfig]] = {}
        self.error_logs: dict[str, Worker[ErrorLogConfig]] = {}
        self._lock = threading.Lock()
        self._apps: list[Server] = []
        self._pool = concurrent.futures.ThreadPoolExecutor(max_workers=12)
        self._started: dict[Server, concurrent.futures.Future[None]] = {}

    def start(self, after_postgres: Callable[[Postgres], None]) -> None:
        """Start all servers, the broker first: others wait for it. `after_postgres` makes tables and rows."""
        self._begin(self.kafka, then=lambda: allow(self.admin, GUEST_RIGHTS, GUEST))
        self._begin(self.registry)
        self._begin(self.gateway, then=self.flink.open)
        self._begin(self.postgres, then=lambda: after_postgres(self.postgres))
        self._begin(self.connect, needs=[self.kafka])
        self._begin(self.opensearch)

    def ready(self, server: Server) -> None:
        """Wait until `server` is up. Raises RunError when it did not start."""
        self._started[server].result()

    def add_sink(self, config: SinkConfig, principal: str) -> None:
        """Start the twin of a sink connector."""
        passwords = {"kafka": self.credentials.password(principal), "target": self.postgres.password}
        sink = self.sinks[config.name] = sink_worker(self.children, config, **passwords)
        self._begin(sink)

    def add_error_logs(self) -> None:
        """Start the missing readers for Flink's tables, and create the topics that they log to, as the service does."""
        with self._lock:
            for topic, target in self.flink.error_logs.items():
                if topic not in self.error_logs:
                    self.error_logs[topic] = self._error_log(topic, target)

    def _error_log(self, topic: str, target: str) -> Worker[ErrorLogConfig]:
        flink, name = self.accounts.flink, f"error-log-{topic}"
        if target not in {process.config.target for process in self.error_logs.values()}:
            admin = AdminClient(self.kafka.client(flink))
            what = f"Flink's account cannot create its dead-letter topic {target}"
            make_topic(admin, target, what)
        config = ErrorLogConfig(
            name=name,
            topic=topic,
            target=target,
            kafka=self.kafka.client_without_password(flink),
            registry=self.registry.url,
            report=str(self.folder / f"{name}.state"),
        )
        secrets = {PASSWORD_VARIABLE: self.credentials.password(flink)}
        # Nice: it reads every payment, and almost none is malformed.
        worker = Worker(self.children, config, module="local.flink.error_log", secrets=secrets, niceness=15)
        self._begin(worker)
        return worker

    def add_app(self, app: Server) -> None:
        """Start the app once its database and the broker are up."""
        self._apps.append(app)
        self._begin(app, needs=[self.postgres, self.kafka])

    @property
    def all(self) -> list[Server]:
        """Every server, started or not."""
        return [
            *self._apps,
            *self.sinks.values(),
            *self.error_logs.values(),
            self.connect,
            self.gateway,
            self.opensearch,
            self.registry,
            self.kafka,
            self.postgres,
        ]

    def stop(self, *, learn: bool) -> None:
        """Stop everything side by side. `learn`: keep the start-up caches, as the run went well."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._want_startup_caches(learn)
        with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
            stopping = [pool.submit(server.stop) for server in self.all]
        for server in stopping:
            server.result()

    def _want_startup_caches(self, wanted: bool) -> None:
        for server in (self.kafka, self.registry, self.gateway, self.connect):
            server.startup_cache.wanted = wanted

    def _begin(
        self, server: Server, *, needs: Iterable[Server] = (), then: Callable[[], object] = lambda: None
    ) -> None:
        def start() -> None:
            server.prepare()
            for other in needs:
                self.ready(other)
            server.start()
            then()

        self._started[server] = self._pool.submit(start)
