"""Apicurio Registry, which has the API of Confluent Cloud's Schema Registry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from confluent_kafka.schema_registry import SchemaRegistryClient

from local.servers import jars, loopback
from local.servers.children import Children
from local.servers.jvm import QUICK, JvmServer

API = "/apis/ccompat/v7"
COMPATIBILITY = "BACKWARD"
"""Confluent Cloud's default; Apicurio's is NONE."""

SETTINGS = {
    "QUARKUS_HTTP_HOST": loopback.HOST,
    "QUARKUS_MANAGEMENT_HOST": loopback.HOST,  # its second server, which cannot be switched off
    "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
    "QUARKUS_OTEL_SDK_DISABLED": "true",
    "QUARKUS_BANNER_ENABLED": "false",
    "QUARKUS_LOG_CATEGORY__IO_APICURIO__LEVEL": "WARN",
    "QUARKUS_THREAD_POOL_CORE_THREADS": "1",
    "QUARKUS_THREAD_POOL_MAX_THREADS": "16",
    "QUARKUS_VERTX_EVENT_LOOPS_POOL_SIZE": "2",
    "APICURIO_STORAGE_KIND": "sql",
    # WRITE_DELAY and DB_CLOSE_ON_EXIT: otherwise kill -9 loses ids or gives them to other schemas.
    "APICURIO_DATASOURCE_URL": "jdbc:h2:file:./schemas;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE",
    "APICURIO_DATASOURCE_JDBC_INITIAL_SIZE": "1",
    "APICURIO_DATASOURCE_JDBC_MIN_SIZE": "1",
    "APICURIO_DATASOURCE_JDBC_MAX_SIZE": "8",
}


class Registry(JvmServer):
    """Keeps schemas in a file; clients need no password. `url` is a client's `schema.registry.url`."""

    name = "registry"
    heap = "96m"
    start_seconds = 120.0

    def __init__(self, children: Children) -> None:
        super().__init__(children, _classpath(jars.unpacked("registry")))
        self.port, self._management = loopback.free(2)

    @property
    def url(self) -> str:
        return loopback.url(self.port) + API

    def client(self) -> SchemaRegistryClient:
        return SchemaRegistryClient({"url": self.url, "timeout": 10})

    def environment(self) -> Mapping[str, str]:
        chosen = {"QUARKUS_HTTP_PORT": str(self.port), "QUARKUS_MANAGEMENT_PORT": str(self._management)}
        return {**SETTINGS, **chosen}

    def command(self) -> list[str]:
        return self.java(
            QUICK,
            "-Xss512k",
            "--enable-native-access=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            main=["io.quarkus.runner.GeneratedMain"],
        )

    def start(self) -> None:
        super().start()
        self.client().set_compatibility(level=COMPATIBILITY)

    def is_ready(self) -> bool:
        return loopback.serves(f"{self.url}/subjects", seconds=5)


def _classpath(folder: Path) -> list[Path]:
    """The archive's jars, one by one: a start-up cache does not cover the classes that the archive's launcher loads."""
    generated = [folder / "quarkus" / f"{name}-bytecode.jar" for name in ("transformed", "generated")]
    return [
        *generated,
        *(jar for part in ("app", "lib/boot", "lib/main") for jar in sorted(folder.glob(f"{part}/*.jar"))),
    ]
