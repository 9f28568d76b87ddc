"""`make plan` against the time that importing its SDKs takes."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from bench.common import figure
from local.realise.servers import ROOT

IMPORTS = "import pulumi, pulumi_confluentcloud, pulumi_command"
ROUNDS = 5


def measure() -> None:
    floor = _median([sys.executable, "-c", IMPORTS])
    plan = _median([sys.executable, "-m", "local", "plan", "--stack", "dev"])
    figure("plan: recording and printing", f"{plan:.2f} s, {plan / floor:.2f} times importing the SDKs ({floor:.2f} s)")


def _median(command: list[str]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
