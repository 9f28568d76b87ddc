"""Start the worker processes that record a plan, and read their answers."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from plan.model import Mode, Plan, PlanError

UNDER_WAY = "LOCAL_PLAN_UNDER_WAY"
_PACKAGE_ROOT = Path(__file__).resolve().parents[1]


def record(stack: str, root: Path, *, mode: Mode | Literal["both"] = "both") -> Plan:
    """Record what the program in `root` creates for a stack.

    `both` records preview (outputs unknown) and update mode (outputs simulated) side by side, and returns the latter.
    Raises PlanError with every problem: unknown stack, settings, inputs, the program's exception.
    """
    modes: tuple[Mode, ...] = ("preview", "update") if mode == "both" else (mode,)
    with contextlib.ExitStack() as closing:
        workers = [closing.enter_context(start(stack, root, one)) for one in modes]
        for worker in workers:
            closing.callback(worker.kill)  # does nothing to a worker that has ended
        plans = [_answer(worker) for worker in workers]
    _same_resources(plans[0], plans[-1])
    return plans[-1]


def start(stack: str, root: Path, mode: Mode, *asked: str) -> subprocess.Popen[bytes]:
    """Start a worker that records one mode; `asked` requests another answer than the plan."""
    search_path = os.pathsep.join(filter(None, (str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
    # A fixed hash seed: a program that iterates over a set gives the same plan each time.
    environment = {**_without_pulumi(os.environ), "PYTHONPATH": search_path, "PYTHONHASHSEED": "0"}
    environment[UNDER_WAY] = " ".join([*under_way(), stack])
    command = [sys.executable, "-m", "plan.worker", stack, str(root), mode, *asked]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def under_way() -> list[str]:
    """The stacks whose recordings wait for this process, outermost first."""
    return os.environ.get(UNDER_WAY, "").split()


def _answer(worker: subprocess.Popen[bytes]) -> Plan:
    said = answer(worker)
    return dataclasses.replace(Plan.from_dict(said["plan"]), simulated=said["simulated"])


def answer(worker: subprocess.Popen[bytes]) -> dict[str, Any]:
    """A worker's answer. Raises PlanError with the problems it found."""
    output, _ = worker.communicate()
    try:
        said = json.loads(output)
    except ValueError:
        raise PlanError(f"The recorder ended with exit code {worker.returncode}; its messages are above.") from None
    if "error" in said:
        raise PlanError(said["error"])
    return said


def _same_resources(preview: Plan, update: Plan) -> None:
    """Refuse resources whose existence depends on an output: preview cannot show them."""
    before, after = preview.by_urn(), update.by_urn()
    different = [(before | after)[urn].name for urn in sorted(before.keys() ^ after.keys())]
    if different:
        names = ", ".join(map(repr, different))
        raise PlanError(
            f"These resources exist in only one of preview and update: {names}; never create a resource inside "
            "`apply`, nor name or count resources by an output."
        )


def _without_pulumi(environment: Mapping[str, str]) -> dict[str, str]:
    """Drop the shell's `PULUMI_CONFIG*`: only files configure a plan."""
    return {key: value for key, value in environment.items() if not key.startswith("PULUMI_CONFIG")}
