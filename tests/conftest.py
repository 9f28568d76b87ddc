"""Shared by every suite."""

from __future__ import annotations

import os
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from local.servers import shell

# Help and log text is compared as plain text.
os.environ["NO_COLOR"] = "1"
shell.reach_own_servers()


class BySuite(LoadScopeScheduling):
    """One process for each folder of tests: its servers are started once, and never beside themselves."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("/")[1]


def pytest_xdist_make_scheduler(config: Any, log: Any) -> BySuite:
    return BySuite(config, log)
