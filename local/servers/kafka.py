"""Apache Kafka: one node in KRaft mode that authenticates and authorises every client, as Confluent Cloud does."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from confluent_kafka.admin import AdminClient, NewTopic  # pyright: ignore[reportPrivateImportUsage] - has no __all__

from local.errors import RunError
from local.servers import jars, loopback, shell
from local.servers.children import Children
from local.servers.jvm import LOGGING, QUICK, JvmServer, java

CLUSTER_ID = "ZnJhdWQtZGV0ZWN0aW9uLQ"
"""Any 22 characters of URL-safe base64."""

LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule"

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=CLIENT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=CLIENT://{host}:{port}
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
config.providers=env
config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
listener.name.client.plain.sasl.jaas.config=${{env:JAAS}}
listener.name.controller.plain.sasl.jaas.config=${{env:JAAS}}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin}
log.dirs=data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=250
broker.session.timeout.ms=1500
"""


def make_topic(
    admin: AdminClient, name: str, what: str, partitions: int = 1, config: Mapping[str, str] | None = None
) -> None:
    """Raises RunError that names `what`."""
    topic = NewTopic(name, partitions, 1, config=dict(config or {}))
    finish(admin.create_topics([topic], request_timeout=30), what)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped futures


def finish(futures: Mapping[Any, Future[Any]], what: str) -> None:
    """Wait for the broker's answers. Raises RunError, which names `what`."""
    for future in futures.values():
        try:
            future.result(30)
        except Exception as error:  # confluent_kafka's errors or those of futures
            raise RunError(f"{what}: {error}") from error


class Credentials:
    """A random password for each principal, kept in memory alone."""

    def __init__(self, admin: str, principals: Iterable[str]) -> None:
        self.admin = admin
        self._passwords = {name: secrets.token_urlsafe(18) for name in {admin, *principals}}

    def password(self, principal: str) -> str:
        return self._passwords[principal]

    def broker_jaas(self) -> str:
        users = " ".join(f'user_{name}="{password}"' for name, password in sorted(self._passwords.items()))
        return f'{LOGIN} required username="{self.admin}" password="{self.password(self.admin)}" {users};'

    def client_jaas(self, principal: str) -> str:
        """`sasl.jaas.config` of a Java client."""
        return f'{LOGIN} required username="{principal}" password="{self.password(principal)}";'


class Kafka(JvmServer):
    """The broker. After a kill, `start` recovers its logs on the same port."""

    name = "kafka"
    heap = "384m"

    def __init__(self, children: Children, credentials: Credentials) -> None:
        super().__init__(children, jars.classpath("kafka"))
        self.credentials = credentials
        self.port, self._controller = loopback.free(2)
        self._properties = self.folder / "server.properties"

    def client(self, principal: str) -> dict[str, Any]:
        """Settings of a librdkafka client that acts as `principal`."""
        return {
            **self._listener(),
            "sasl.username": principal,
            "sasl.password": self.credentials.password(principal),
            # The supervisor reports a broker that is away; librdkafka would log it on every connection.
            "log_level": 2,
        }

    def client_without_password(self, principal: str) -> dict[str, Any]:
        """The same for a file; the environment carries the password."""
        return {key: value for key, value in self.client(principal).items() if key != "sasl.password"}

    def java_client(self, principal: str) -> dict[str, str]:
        """Settings of a Java client that acts as `principal`."""
        return {**self._listener(), "sasl.jaas.config": self.credentials.client_jaas(principal)}

    def _listener(self) -> dict[str, str]:
        place = f"{loopback.HOST}:{self.port}"
        return {"bootstrap.servers": place, "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN"}

    def environment(self) -> Mapping[str, str]:
        return {"JAAS": self.credentials.broker_jaas()}

    def prepare(self) -> None:
        admin = self.credentials.admin
        text = PROPERTIES.format(host=loopback.HOST, port=self.port, controller=self._controller, admin=admin)
        self._properties.write_text(text, encoding="utf-8")
        options = (*self.startup_cache.reading(), QUICK, *LOGGING)
        main = ("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._properties))
        command = java(*options, heap=self.heap, classpath=self.classpath, main=main)
        result = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, env=shell.environment()
        )
        if result.returncode != 0:
            raise RunError(f"kafka: cannot format its storage: {(result.stderr or result.stdout).strip()}")

    def command(self) -> list[str]:
        return self.java(QUICK, *LOGGING, main=("kafka.Kafka", str(self._properties)))

    def is_ready(self) -> bool:
        return loopback.accepts(self.port)
