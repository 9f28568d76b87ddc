"""The supervisor restarts servers that die, hang or start only half, and reports those that do not start."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.apply.supervisor import Supervisor
from local.errors import RunError
from local.servers import flink
from local.servers.children import Children
from local.servers.flink import FlinkGateway
from local.servers.server import Server
from tests.local.sink_lab import kill, until


class Sleeper(Server):
    name = "sleeper"

    def command(self) -> list[str]:
        return ["sleep", "600"]

    def is_ready(self) -> bool:
        return True


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    (tmp_path / "logs").mkdir()
    found = Children(tmp_path)
    yield found
    found.close()


@pytest.fixture
def sleeper(children: Children, tmp_path: Path) -> Server:
    server = Sleeper(children)
    server.start()
    return server


def supervise(server: Server, restart: Callable[[], None]) -> tuple[Supervisor, list[str]]:
    said: list[str] = []
    supervisor = Supervisor(said.append)
    supervisor.watch(server, restart)
    supervisor.start()
    return supervisor, said


@pytest.mark.parametrize("error", [RunError("refused"), ConnectionError("it died again while it started")])
def test_a_half_started_server_is_restarted(sleeper: Server, error: Exception) -> None:
    errors = [error]

    def restart() -> None:
        sleeper.start()
        if errors:
            raise errors.pop()

    supervisor, said = supervise(sleeper, restart)
    kill(sleeper)
    until(lambda: supervisor.restarts == {"sleeper": 1}, "the server is back", 10)
    supervisor.stop()
    assert sleeper.alive()
    assert f"sleeper did not start: {error}" in said


def test_a_stopped_supervisor_starts_nothing(sleeper: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    looking, go_on, started = threading.Event(), threading.Event(), threading.Event()

    def alive() -> bool:
        looking.set()
        go_on.wait(10)
        return False

    def restart() -> None:
        time.sleep(0.5)
        started.set()

    monkeypatch.setattr(sleeper, "alive", alive)
    supervisor, _ = supervise(sleeper, restart)
    assert looking.wait(10)
    threading.Timer(0.2, go_on.set).start()
    supervisor.stop()
    assert started.is_set(), "stop() must wait for a restart under way"


@pytest.mark.parametrize(
    ("command", "message"),
    [("exec sleep 600", "sleeper: not ready in"), ("echo no licence; exit 1", "sleeper: ended during its start")],
)
def test_a_server_that_does_not_become_ready_is_an_error(children: Children, command: str, message: str) -> None:
    class Unready(Sleeper):
        start_seconds = 0.3

        def command(self) -> list[str]:
            return ["sh", "-c", command]

        def is_ready(self) -> bool:
            return False

    server = Unready(children)
    with pytest.raises(RunError, match=message) as told:
        server.start()
    server.stop()
    assert "no licence" in str(told.value) or command.startswith("exec"), "the error has the end of the log"


def test_a_jvm_that_never_prints_its_port_does_not_hang_the_run(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent(FlinkGateway):
        def command(self) -> list[str]:
            return ["sleep", "600"]

    monkeypatch.setattr(flink, "SPEAKS_WITHIN_SECONDS", 0.2)
    with pytest.raises(RunError, match="flink: ended during its start"):
        Silent(children).start()
