"""Keeps the user's shell from redirecting the run: it may be set up for other databases or a proxy."""

from __future__ import annotations

import os
from collections.abc import Mapping

from local.servers.loopback import HOST

INHERITED = ("PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""A process of the run inherits only these: `ORACLE_HOST` or `JAVA_TOOL_OPTIONS` would redirect it."""
ENVIRONMENT = {
    # Java encodes file names by locale; the C locale allows only ASCII.
    "LC_ALL": "C.UTF-8",
    # Users read logs of running servers.
    "PYTHONUNBUFFERED": "1",
}


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process of the run, with its own `variables`."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, **ENVIRONMENT, **(variables or {})}


def reach_own_servers() -> None:
    """Undo the shell's proxy and its libpq variables for this process, which would redirect its clients."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), HOST)))
