"""Start the worker process that records a plan, and read its answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from local.plan.model import Plan, PlanError

if TYPE_CHECKING:
    from local.plan.worker import Mode

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def record(stack: str, root: Path, *, mode: Mode = "both") -> Plan:
    """Record what the program in `root` creates for a stack.

    `both` validates in preview (outputs unknown) and in update mode (outputs simulated) and returns the update mode's
    values. Raises PlanError with every problem: unknown stack, settings, inputs, or what the program raised.
    """
    search_path = os.pathsep.join(filter(None, (str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
    # A fixed hash seed: a program that walks a set gives the same plan each time.
    environment = {**_without_pulumi(os.environ), "PYTHONPATH": search_path, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "local.plan.worker", stack, str(root), mode],
        stdout=subprocess.PIPE,
        env=environment,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise PlanError(f"The recorder ended with exit code {done.returncode}; its messages are above.") from None
    if "error" in answer:
        raise PlanError(answer["error"])
    return Plan.from_dict(answer["plan"])


def _without_pulumi(environment: os._Environ[str]) -> dict[str, str]:
    """Only files configure a plan: `PULUMI_CONFIG*` of the caller's shell must not change it."""
    return {key: value for key, value in environment.items() if not key.startswith("PULUMI_CONFIG")}
