"""The app of the run: its server, its environment and its users."""

from __future__ import annotations

import hashlib
import json
import secrets
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from components.contracts import SCHEMA
from components.contracts.questions import questions
from local.apply.accounts import CONNECTOR
from local.apply.servers import ROOT, Servers
from local.errors import RunError
from local.servers import loopback, shell
from local.servers.postgres import SOURCE_DATABASE, USER, Postgres
from local.servers.server import Server
from local.sinks.twins import BY_CLASS
from plan.model import Plan

FOLDER = ROOT / "app"
FRAUD_EVERY_SECONDS = 15
LOCAL_PER_SECOND = 100_000
"""Payments that the API's local client may send."""
ENDING_SECONDS = 3
"""Of the time to stop, for what follows the last request."""
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
OF_THE_CLOUD = ("ORACLE_", "KAFKA_", "SCHEMA_REGISTRY_", "PLAIN_HTTP", "BEHIND_LOAD_BALANCER")
"""Prefixes of the variables with the addresses of the cloud's servers."""
SINK_LATE_SECONDS = 10
"""The twins commit with every write; a managed connector only once a minute."""
OPERATOR = "you"
"""Who uses the page of a run, signed in by itself: only this machine reaches it."""


@dataclass(frozen=True, kw_only=True)
class Played:
    """A scenario that is played `speed` times as fast as the clock."""

    folder: Path
    speed: float


class App(Server):
    """Django with its generator; its Kafka client is the plan's service account of the app."""

    name = "app"

    def __init__(self, servers: Servers, plan: Plan, *, port: int, rate: float, played: Played | None = None) -> None:
        super().__init__(servers.children)
        self.port = port
        (self.operations_port,) = loopback.free(1)
        self._servers = servers
        self._configuration = configuration(plan)
        self._sink_groups = sink_groups(plan)
        self._rate = rate
        self._played = played
        self._secret = secrets.token_urlsafe(48)
        self.api_key = secrets.token_urlsafe(32)

    @property
    def url(self) -> str:
        return loopback.url(self.port)

    @property
    def operations_url(self) -> str:
        """With /livez, /readyz and /metrics."""
        return loopback.url(self.operations_port)

    def command(self) -> list[str]:
        ports = ["--port", str(self.port), "--operations-port", str(self.operations_port)]
        return [sys.executable, str(FOLDER / "manage.py"), "serve", "--host", loopback.HOST, *ports]

    def environment(self) -> Mapping[str, str]:
        client = self._servers.kafka.client(self._servers.accounts.app)
        return {
            **database(self._servers.postgres),
            "SECRET_KEY": self._secret,
            "LOCAL_OPERATOR": OPERATOR,
            "API_KEYS": api_keys(self.api_key),
            "KAFKA_BOOTSTRAP": client["bootstrap.servers"],
            "KAFKA_SECURITY_PROTOCOL": client["security.protocol"],
            "KAFKA_SASL_MECHANISM": client["sasl.mechanism"],
            "KAFKA_USERNAME": client["sasl.username"],
            "KAFKA_PASSWORD": client["sasl.password"],
            "SCHEMA_REGISTRY_URL": self._servers.registry.url,
            "GENERATOR_RATE": str(self._rate),
            "DRAIN_SECONDS": str(self.stop_seconds - ENDING_SECONDS),
            "FRAUD_EVERY_SECONDS": str(FRAUD_EVERY_SECONDS if self._rate else 0),
            **self._configuration,
            "OPENSEARCH_URL": self._servers.opensearch.url,
            "QUESTIONS": json.dumps(questions()),
            "SINK_GROUPS": json.dumps(self._sink_groups),
            "SINK_LATE_SECONDS": str(SINK_LATE_SECONDS),
            **_scenario(self._played),
        }

    def is_ready(self) -> bool:
        return loopback.accepts(self.port)


def api_keys(key: str) -> str:
    """The app's variable for one client, which may do everything, and as fast as this machine can."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    scopes = ["payments:write", "outcomes:write"]
    return json.dumps({"local": {"sha256": digest, "scopes": scopes, "payments_per_second": LOCAL_PER_SECOND}})


def ask(url: str) -> dict[str, Any] | None:
    """The app's answer; None while the app is not up."""
    try:
        answer = loopback.ask("GET", url, seconds=2)
        return answer.json() if answer.ok else None
    except OSError:  # requests' errors, an answer without JSON included
        return None


def configuration(plan: Plan) -> dict[str, str]:
    """The app's environment from the plan's ConfigMap, but for the addresses, which are the run's own."""
    found: dict[str, str] = {}
    for config in plan.of_type(CONFIG_MAP):
        found |= {key: value for key, value in config.inputs["data"].items() if not key.startswith(OF_THE_CLOUD)}
    return found


def sink_groups(plan: Plan) -> dict[str, str]:
    """The consumer group of each sink's twin, by a title for the page."""
    connectors = [resource.inputs["configNonsensitive"] for resource in plan.of_type(CONNECTOR)]
    return {
        config["connector.class"].removesuffix("Sink"): BY_CLASS[config["connector.class"]].settings(config).group
        for config in connectors
        if config["connector.class"] in BY_CLASS
    }


def seed(postgres: Postgres, folder: Path, users: int) -> None:
    """Create the users with the app's own command."""
    command = [sys.executable, str(FOLDER / "manage.py"), "seed", "--users", str(users)]
    environment = shell.environment({**database(postgres), "SECRET_KEY": secrets.token_urlsafe(48)})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode != 0:
        raise RunError(f"The users could not be created: {done.stderr.strip()[-1000:]}")


def _scenario(played: Played | None) -> dict[str, str]:
    return {"SCENARIO_FOLDER": str(played.folder), "SCENARIO_SPEED": str(played.speed)} if played else {}


def database(postgres: Postgres) -> dict[str, str]:
    # Quoted, as PostgreSQL folds a bare name to lower case.
    options = quote(f'-c search_path="{SCHEMA}" -c timezone=UTC')
    place = f"{USER}:{quote(postgres.password)}@{loopback.HOST}:{postgres.port}/{SOURCE_DATABASE}"
    return {"DATABASE_URL": f"postgresql://{place}?options={options}", "PLAIN_HTTP": "1"}
