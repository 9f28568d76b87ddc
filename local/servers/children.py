"""Starts every process of a run, so that none outlives the runner, however the runner ends."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from local.errors import RunError
from local.servers import shell, watchdog
from local.servers.unprivileged import owner
from local.servers.watchdog import kill_groups

PRIVATE = 0o077
"""The umask of every process of the run: its files hold payments and credentials."""


class Children:
    """Starts processes under a watchdog, each in its own process group: Ctrl-C reaches the runner alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ledger = folder / "children"
        self._lock = threading.RLock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._closed = False
        self._watchdog = subprocess.Popen(
            [sys.executable, "-S", "-E", watchdog.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            text=True,
        )
        self._tell(f"folder {folder}")

    def start(
        self,
        command: Sequence[str],
        *,
        log: Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        unprivileged: bool = False,
        speaks: bool = False,
        niceness: int = 0,
    ) -> subprocess.Popen[bytes]:
        """Start `command` in `folder` and append its output to `log`.

        `environment` adds variables. With `speaks`, standard output is a pipe for the caller. Raises RunError after
        `close`.
        """
        with self._lock, log.open("ab") as output:
            if self._closed:
                raise RunError("The run is ending: it starts no more servers.")
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if speaks else output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=shell.environment(environment),
                umask=PRIVATE,
                start_new_session=True,
                **owner(unprivileged),
            )
            self._watch(process)
        if niceness:
            psutil.Process(process.pid).nice(niceness)
        return process

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        self._running.add(process)
        pid = process.pid
        self._tell(f"watch {pid}")
        with self._ledger.open("a", encoding="utf-8") as ledger, contextlib.suppress(psutil.NoSuchProcess):
            ledger.write(f"{pid} {psutil.Process(pid).create_time()}\n")

    def stop(self, process: subprocess.Popen[bytes], *, seconds: float, first: int = signal.SIGTERM) -> None:
        """Send the signal `first`; kill the process group when that takes longer than `seconds`."""
        if process.poll() is None:
            process.send_signal(first)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                kill_groups([process.pid])
                process.wait()
        with self._lock:
            self._running.discard(process)
            self._tell(f"forget {process.pid}")

    def close(self) -> None:
        """Call after the last `stop`. Kills a process that another thread has just started."""
        with self._lock:
            self._closed = True
            kill_groups(process.pid for process in self._running if process.poll() is None)
            self._tell("goodbye")
        if self._watchdog.stdin:
            self._watchdog.stdin.close()
        self._watchdog.wait()

    def _tell(self, line: str) -> None:
        with self._lock:
            assert self._watchdog.stdin
            self._watchdog.stdin.write(line + "\n")
            self._watchdog.stdin.flush()


def kill_leftovers(folder: Path) -> None:
    """Kill processes left by a run whose watchdog died too."""
    ledger = folder / "children"
    if not ledger.exists():
        return
    for line in ledger.read_text(encoding="utf-8").splitlines():
        pid, _, started = line.partition(" ")
        with contextlib.suppress(psutil.NoSuchProcess, ValueError):
            # Process ids are reused; with the start time they are unique.
            if abs(psutil.Process(int(pid)).create_time() - float(started)) < 1:
                kill_groups([int(pid)])
