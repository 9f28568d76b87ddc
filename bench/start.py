"""The time from the command to the first alert. The first round warms the caches and does not count."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from bench.common import figure
from local.apply.servers import ROOT
from local.errors import RunError
from local.servers import loopback

ROUNDS = 3


def measure() -> None:
    times = [_first_alert() for _ in range(ROUNDS + 1)][1:]
    figure("start: command to first alert", f"median {statistics.median(times):.1f} s, slowest {max(times):.1f} s")


def _first_alert() -> float:
    (port,) = loopback.free(1)
    command = [sys.executable, "-m", "local", "run", "--for", "1s", "--port", str(port)]
    started, seen = time.perf_counter(), None
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        for line in run.stdout:
            if seen is None and " ALERT " in line:
                seen = time.perf_counter() - started
    if seen is None:
        raise RunError(f"The run ended with exit code {run.returncode} and no alert.")
    return seen
