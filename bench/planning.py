"""The time of `make plan`, compared with the import of its SDKs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from bench.common import figure
from local.apply.servers import ROOT

ROUNDS = 5
# The SDKs load their modules on first use, so a recording finds the modules to import.
LOADED = """
import pathlib, sys
from plan import worker
worker.record_here("dev", pathlib.Path.cwd(), "update")
print(*(name for name in sys.modules if name.startswith("pulumi")), sep=",")
"""
IMPORT = "import importlib, sys\nfor name in sys.argv[1].split(','): importlib.import_module(name)"


def measure() -> None:
    found = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, check=True, capture_output=True, text=True)
    floor = _median([sys.executable, "-c", IMPORT, found.stdout.strip()])
    plan = _median([sys.executable, "-m", "local", "plan", "--stack", "dev"])
    figure("plan: recording and printing", f"{plan:.2f} s, {plan / floor:.2f} times importing the SDKs ({floor:.2f} s)")


def _median(command: list[str]) -> float:
    times = list[float]()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
