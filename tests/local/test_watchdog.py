"""The watchdog cleans up after a killed runner, and leaves a run that ends well alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.errors import RunError
from local.servers import loopback
from local.servers.children import Children
from local.servers.folder import RunFolder, require_disk
from tests.local.sink_lab import until

RUNNER = """
import sys, time
from pathlib import Path
from local.servers.children import Children
from local.servers.folder import RunFolder
folder = RunFolder(Path("."), sys.argv[1])
path = folder.open()
children = Children(path)
child = children.start(["sleep", "600"], log=path / "log", folder=path)
print(child.pid, path, flush=True)
if sys.argv[2] == "end":
    children.stop(child, seconds=5)
    children.close()
    folder.close(keep=False)
else:
    time.sleep(600)
"""


def start(stack: str, how: str) -> tuple[subprocess.Popen[str], Path, int]:
    runner = subprocess.Popen([sys.executable, "-c", RUNNER, stack, how], stdout=subprocess.PIPE, text=True)
    assert runner.stdout
    pid, _, path = runner.stdout.readline().strip().partition(" ")
    return runner, Path(path), int(pid)


def test_a_killed_runner_leaves_nothing() -> None:
    runner, path, pid = start("watchdog-kill", "wait")
    assert psutil.pid_exists(pid)
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    until(lambda: not path.exists(), f"the watchdog removes {path}", 10)
    until(lambda: not psutil.pid_exists(pid), "the watchdog kills the child", 10)


def test_a_process_that_starts_during_the_end_of_a_run_is_killed(tmp_path: Path) -> None:
    children = Children(tmp_path)
    child = children.start(["sleep", "600"], log=tmp_path / "log", folder=tmp_path)
    children.close()
    assert child.wait(10) == -signal.SIGKILL
    with pytest.raises(RunError, match="ending"):
        children.start(["sleep", "600"], log=tmp_path / "log", folder=tmp_path)


def test_the_next_run_cleans_up_after_a_dead_watchdog() -> None:
    runner, path, pid = start("watchdog-both", "wait")
    for process in psutil.Process(runner.pid).children():
        if "watchdog" in " ".join(process.cmdline()):
            process.kill()
    os.kill(runner.pid, signal.SIGKILL)
    runner.wait()
    assert psutil.pid_exists(pid), "this test needs a child that outlives both"
    again, _, _ = start("watchdog-both", "end")
    assert again.wait(10) == 0
    until(lambda: not psutil.pid_exists(pid), "the next run kills the leftover child", 10)
    assert not path.exists()


def test_two_runs_of_a_stack_refuse_each_other(tmp_path: Path) -> None:
    first, second = RunFolder(tmp_path, "twice"), RunFolder(tmp_path, "twice")
    first.open()
    try:
        with pytest.raises(RunError, match="Stack twice is running already"):
            second.open()
    finally:
        first.close(keep=False)


def test_a_full_disk_is_found_before_the_start(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"GB free, the run needs .*: make room, or set TMPDIR"):
        require_disk(tmp_path, gigabytes=1e6)


def test_for_a_port_in_use_the_error_names_the_option() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind((loopback.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(RunError, match=rf"Port {port} is in use .* ARGS=\"--port {port + 1}\""):
            loopback.require_free(port)


def test_no_connection_and_no_other_server_takes_a_servers_port() -> None:
    found = loopback.free(100)
    assert len(set(found)) == 100
    outgoing = Path("/proc/sys/net/ipv4/ip_local_port_range")
    if outgoing.exists():
        assert max(found) < int(outgoing.read_text().split()[0])
