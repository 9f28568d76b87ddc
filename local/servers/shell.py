"""What of the user's shell reaches the run. A shell is often prepared for other work: other databases, a proxy."""

from __future__ import annotations

import os
from collections.abc import Mapping

from local.servers.loopback import HOST

INHERITED = ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""All that a process of the run inherits: others, such as `ORACLE_HOST` or `JAVA_TOOL_OPTIONS`, would redirect it."""
ENVIRONMENT = {
    # Java encodes the names of files as the locale says; in the C locale none can hold a letter beyond ASCII.
    "LC_ALL": "C.UTF-8",
    # A log is read while its server runs.
    "PYTHONUNBUFFERED": "1",
}
"""What every process of the run is told."""


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process of the run, with the variables of its own."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, **ENVIRONMENT, **(variables or {})}


def reach_own_servers() -> None:
    """Let this process reach the run's servers whatever the shell says of a proxy, and of PostgreSQL (libpq)."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST)))
