"""Kafka Connect with Debezium, the twin of the managed source connector."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import tenacity

from local.errors import RunError
from local.servers import jars, loopback
from local.servers.children import Children
from local.servers.javac import compiled
from local.servers.jvm import LOGGING, QUICK, JvmServer

SECRET_VARIABLE = "SOURCE_PASSWORD"  # noqa: S105 - the variable's name
SECRET = "${env:" + SECRET_VARIABLE + "}"
"""Replaces the source's password in a connector's configuration; Connect reads the variable."""
PATIENCE_SECONDS = 60.0
"""Connect answers nothing else while it checks a connector's settings against its database."""
REBALANCE_SECONDS = 5.0
"""How long a worker that starts or rebalances may not know its connectors."""

WORKER = """\
bootstrap.servers={bootstrap}
{security}
key.converter=local.AvroConverter
key.converter.schema.registry.url={registry}
value.converter=local.AvroConverter
value.converter.schema.registry.url={registry}
config.providers=env
config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
topic.creation.enable=false
offset.storage.file.filename=offsets
offset.flush.interval.ms=1000
listeners=http://{host}:{port}
"""


class Connect(JvmServer):
    """A standalone worker with one service account. A restart brings its connectors back."""

    name = "connect"
    heap = "384m"

    def __init__(self, children: Children, *, client: Mapping[str, str], source_password: str, registry: str) -> None:
        """`client`: settings of a Java client with its principal. `registry`: the schema registry's URL."""
        super().__init__(children, _classpath())
        (self.port,) = loopback.free(1)
        self._client = dict(client)
        self._source_password = source_password
        self._registry = registry
        self._worker = self.folder / "worker.properties"
        self._connectors = self.folder / "connectors"

    def environment(self) -> Mapping[str, str]:
        return {SECRET_VARIABLE: self._source_password, "JAAS": self._client["sasl.jaas.config"]}

    def prepare(self) -> None:
        self._connectors.mkdir()
        plain = {key: value for key, value in self._client.items() if key != "bootstrap.servers"}
        plain["sasl.jaas.config"] = "${env:JAAS}"
        prefixes = ("", "producer.", "consumer.", "admin.")
        security = "\n".join(f"{prefix}{key}={value}" for prefix in prefixes for key, value in plain.items())
        text = WORKER.format(
            bootstrap=self._client["bootstrap.servers"],
            security=security,
            registry=self._registry,
            host=loopback.HOST,
            port=self.port,
        )
        self._worker.write_text(text, encoding="utf-8")

    def command(self) -> list[str]:
        files = map(str, (self._worker, *self._connectors.iterdir()))
        return self.java(QUICK, *LOGGING, main=("org.apache.kafka.connect.cli.ConnectStandalone", *files))

    def is_ready(self) -> bool:
        """By a request: the port is open long before Connect serves it."""
        return loopback.serves(f"{loopback.url(self.port)}/connectors", seconds=1)

    @property
    def place(self) -> str | None:
        """The connector's URL; None before `create`."""
        names = [file.stem for file in self._connectors.glob("*.json")]
        return f"{loopback.url(self.port)}/connectors/{names[0]}" if names else None

    def create(self, name: str, config: Mapping[str, str]) -> None:
        """Create or update a connector. Raises RunError with Connect's message when it refuses."""
        connector = {"name": name, "config": dict(config)}
        (self._connectors / f"{name}.json").write_text(json.dumps(connector), encoding="utf-8")
        self._request("PUT", f"/connectors/{name}/config", connector["config"])

    def names(self, *, seconds: float = PATIENCE_SECONDS) -> list[str]:
        """Raises OSError when Connect takes longer than `seconds`."""
        return self._request("GET", "/connectors", seconds=seconds)

    def status(self, name: str, *, seconds: float = PATIENCE_SECONDS) -> tuple[str, str]:
        """(state, cause): RUNNING when the connector and all of its tasks run; the cause is empty unless FAILED.

        Raises OSError when Connect takes longer than `seconds`.
        """
        answer = self._request("GET", f"/connectors/{name}/status", seconds=seconds)
        parts = [answer["connector"], *answer["tasks"]]
        failed = next((part for part in parts if part["state"] == "FAILED"), None)
        if failed:
            # The outer errors only say that the connector stopped.
            return "FAILED", failed.get("trace", "").rpartition("Caused by: ")[2].partition("\n\tat ")[0]
        running = answer["tasks"] and all(part["state"] == "RUNNING" for part in parts)
        return ("RUNNING" if running else "PROVISIONING"), ""

    def _request(self, method: str, path: str, body: Any = None, *, seconds: float = PATIENCE_SECONDS) -> Any:
        patiently = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda answer: answer.status_code in (404, 409)),
            stop=tenacity.stop_after_delay(REBALANCE_SECONDS),
            wait=tenacity.wait_fixed(0.25),
            retry_error_callback=lambda last: last.outcome and last.outcome.result(),
        )
        answer = patiently(loopback.ask, method, loopback.url(self.port) + path, seconds=seconds, body=body)
        if not answer.ok:
            raise RunError(f"connect: {method} {path}: {_message(answer)}")
        return answer.json() if answer.content else None


def _classpath() -> list[Path]:
    found = [*jars.classpath("connect"), *jars.classpath("avro")]
    return [*found, compiled("connect", found)]


def _message(answer: requests.Response) -> str:
    try:
        return answer.json()["message"]
    except (ValueError, KeyError):
        return f"HTTP {answer.status_code}"
