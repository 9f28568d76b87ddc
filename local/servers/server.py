"""The base class of all servers."""

from __future__ import annotations

import abc
import signal
import subprocess
from collections.abc import Mapping

from local.errors import RunError
from local.servers.children import Children
from local.waiting import until


class Server(abc.ABC):
    """One server process with its own folder. `start` also restarts a dead process, which keeps its data."""

    name: str
    unprivileged = False
    speaks = False
    niceness = 0
    start_seconds = 60.0
    stop_signal: int = signal.SIGTERM
    stop_seconds = 10.0

    def __init__(self, children: Children) -> None:
        self.children = children
        self.folder = children.folder / self.name
        self.log = children.folder / "logs" / f"{self.name}.log"
        self.folder.mkdir(exist_ok=True)
        self.process: subprocess.Popen[bytes] | None = None

    @abc.abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments, without secrets: every user of the machine can read them."""

    @abc.abstractmethod
    def is_ready(self) -> bool:
        """Whether the server takes requests. Called often, so keep it fast."""

    def environment(self) -> Mapping[str, str]:
        """Variables of the process, secrets included."""
        return {}

    def prepare(self) -> None:  # noqa: B027 - most servers have nothing to prepare
        """Write data folder and configuration; called once, before the first start."""

    @property
    def pid(self) -> int:
        assert self.process, f"{self.name} was not started"
        return self.process.pid

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start and wait until ready. Raises RunError with the end of the log when it does not become ready."""
        self.launch()
        if not until(lambda: self.is_ready() or not self.alive(), seconds=self.start_seconds):
            raise RunError(self.trouble(f"not ready in {self.start_seconds:.0f} s"))
        if not self.alive():
            raise RunError(self.trouble("ended during its start"))

    def launch(self) -> None:
        self.process = self.children.start(
            self.command(),
            log=self.log,
            folder=self.folder,
            environment=self.environment(),
            unprivileged=self.unprivileged,
            speaks=self.speaks,
            niceness=self.niceness,
        )

    def stop(self) -> None:
        if self.process:
            self.children.stop(self.process, seconds=self.stop_seconds, first=self.stop_signal)

    def trouble(self, what: str) -> str:
        """`what` happened, and the last lines of the log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join([f"{self.name}: {what}. The end of its log:", *(f"  {line}" for line in lines[-12:])])
