"""The Flink JVM and the connection to it. Its jars come from packages, not from a Flink distribution."""

from __future__ import annotations

import importlib.metadata
import logging
import threading
import zipfile
from pathlib import Path
from typing import IO, Any

import py4j  # pyright: ignore[reportMissingTypeStubs] - none
from py4j.java_gateway import GatewayParameters, JavaGateway  # pyright: ignore[reportMissingTypeStubs] - none

from local.errors import RunError
from local.servers import jars, places
from local.servers.children import Children
from local.servers.javac import compiled
from local.servers.jvm import JvmServer

# py4j prints a stack trace when a JVM dies; the supervisor reports that.
logging.getLogger("py4j").setLevel(logging.CRITICAL)

LOGGING = """\
rootLogger.level=warn
rootLogger.appenderRef.console.ref=console
appender.console.name=console
appender.console.type=CONSOLE
appender.console.target=SYSTEM_ERR
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d %-5p %c{1} %m%n
# Flink registers a metric again at each checkpoint and logs that.
logger.metrics.name=org.apache.flink.metrics
logger.metrics.level=error
"""

FLINK = importlib.metadata.distribution("apache-flink-libraries")
PLANNER = "flink-table-planner"
LOADER = f"{PLANNER}-loader"

# Packages that Flink opens by reflection, as listed in its start script.
OPENED = (
    *(f"java.base/java.{name}" for name in ("lang", "net", "io", "nio", "lang.reflect", "text", "time", "util")),
    *(f"java.base/java.util.concurrent{name}" for name in ("", ".atomic", ".locks")),
    "java.base/sun.nio.ch",
)

# Thresholds of the optimising compiler, 20 times Java's. Cuts CPU time to the first alert from 19.7 s to 12.6 s.
COMPILER = (
    "-XX:Tier4InvocationThreshold=100000",
    "-XX:Tier4MinInvocationThreshold=20000",
    "-XX:Tier4CompileThreshold=200000",
    "-XX:Tier4BackEdgeThreshold=1000000",
)
# Profiles in the start-up cache crash the compiler once the classes of a failed statement are unloaded (SIGSEGV in
# ciMethodData::load_data, Java 25.0.2).
NO_PROFILES = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining", "-XX:-AOTReplayTraining")

SPEAKS_WITHIN_SECONDS = 60.0


class FlinkGateway(JvmServer):
    """A JVM with Flink on its class path. A token lets only this process call it."""

    name = "flink"
    heap = "768m"
    speaks = True

    def __init__(self, children: Children) -> None:
        flink, connectors = _flink_jars(), jars.classpath("flink")
        own = compiled("flink", [*flink, *connectors])
        super().__init__(children, [*flink, _planner(), _py4j_jar(), *connectors, own])
        self._logging = self.folder / "log4j2.properties"
        self._gateway: JavaGateway | None = None

    @property
    def jvm(self) -> Any:
        """py4j's view of the JVM: `jvm.java.util.ArrayList()`."""
        assert self._gateway, "the gateway was not started"
        return self._gateway.jvm

    def prepare(self) -> None:
        self._logging.write_text(LOGGING, encoding="utf-8")
        (self.folder / "tmp").mkdir()

    def command(self) -> list[str]:
        return self.java(
            *COMPILER,
            *NO_PROFILES,
            f"-Dlog4j.configurationFile={self._logging.as_uri()}",
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            *(f"--add-opens={package}=ALL-UNNAMED" for package in OPENED),
            main=("py4j.GatewayServer", "--enable-auth", "0"),
        )

    def launch(self) -> None:
        super().launch()
        assert self.process and self.process.stdout
        # Reading has no time limit, so the timer kills a JVM that hangs; that ends its output.
        limit = threading.Timer(SPEAKS_WITHIN_SECONDS, self.process.kill)
        limit.start()
        # The gateway prints its port, then its token; the pipe keeps both out of files and of the process list.
        port, token = (self.process.stdout.readline().decode().strip() for _ in range(2))
        limit.cancel()
        if not port.isdigit():
            raise RunError(self.trouble(f"ended during its start ({port})"))
        self._gateway = JavaGateway(
            # There are few objects, and their finalizers would call a JVM that may be dead.
            gateway_parameters=GatewayParameters(
                port=int(port), auth_token=token, auto_convert=True, enable_memory_management=False
            )
        )

        # A full pipe would block the JVM.
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()

    def _drain(self, output: IO[bytes]) -> None:
        with self.log.open("ab", buffering=0) as log:
            for line in output:
                log.write(line)

    def is_ready(self) -> bool:
        return self._gateway is not None


def _flink_jars() -> list[Path]:
    folder = Path(str(FLINK.locate_file("pyflink/lib")))
    return [jar for jar in sorted(folder.glob("*.jar")) if not jar.name.startswith(LOADER)]


def _planner() -> Path:
    """The planner's jar, extracted from its loader.

    The loader would extract 46 MB at each start and hide the classes from the start-up cache.
    """
    loader = Path(str(FLINK.locate_file(f"pyflink/lib/{LOADER}-{FLINK.version}.jar")))

    def extract(target: Path) -> None:
        with zipfile.ZipFile(loader) as archive:
            target.write_bytes(archive.read(f"{PLANNER}.jar"))

    return places.once(f"{PLANNER}-{FLINK.version}.jar", extract)


def _py4j_jar() -> Path:
    """The jar in the py4j package. Its folder depends on the installer."""
    package = importlib.metadata.distribution("py4j")
    for file in package.files or ():
        if file.name == f"py4j{package.version}.jar":
            return Path(str(package.locate_file(file))).resolve()
    raise RunError(f"The jar of py4j {package.version} ({py4j.__file__}) is missing: reinstall the package.")
