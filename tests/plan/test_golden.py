"""Each stack's plan equals its accepted golden plan."""

from __future__ import annotations

import subprocess
import sys

import pytest

from plan.commands import GOLDEN, ROOT
from plan.diff import lines
from plan.golden import files
from plan.golden.form import golden
from tests.plans import STACKS, recorded


def test_each_stack_has_a_golden_plan() -> None:
    stacks = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.?*.yaml"))
    assert files.stacks_in(GOLDEN) == stacks == list(STACKS), "make plan-accept STACK=…, or delete its folder"


@pytest.mark.parametrize("stack", STACKS)
def test_the_plan_is_the_accepted_one(stack: str) -> None:
    difference = list(lines(files.read(GOLDEN, stack), golden(recorded(stack))))
    assert not difference, "\n".join([*difference, f"Meant? Run: make plan-accept STACK={stack}"])


def test_the_files_are_the_output_of_plan_accept() -> None:
    """The bytes depend only on the plans, so that accepting one changes nothing else."""
    wanted = files.files_of(files.read(GOLDEN, stack) for stack in STACKS)
    found = {str(path.relative_to(GOLDEN)): path.read_text("utf-8") for path in GOLDEN.rglob("*") if path.is_file()}
    changed = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    assert not changed, f"edited by hand, or left over: {changed}; run make plan-accept for each stack"


def test_an_unknown_stack_is_refused_with_those_that_exist() -> None:
    command = [sys.executable, "-m", "local", "plan", "--stack", "nowhere"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode != 0
    for name in STACKS:
        assert name in result.stderr, "the error must name the stacks that exist"
    assert "Traceback" not in result.stderr
