"""Set-up of every test run."""

from __future__ import annotations

import os
from typing import Any

from xdist.scheduler import LoadScopeScheduling

from local.servers import shell

# Tests compare help and log text as plain text.
os.environ["NO_COLOR"] = "1"
shell.reach_own_servers()


class BySuite(LoadScopeScheduling):
    """Runs each folder of tests in one process, so that its servers start once and do not compete."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("/")[1]


def pytest_xdist_make_scheduler(config: Any, log: Any) -> BySuite:
    return BySuite(config, log)
