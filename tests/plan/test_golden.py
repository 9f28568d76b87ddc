"""The golden plans: what each stack declares is what was reviewed, and what must hold for every plan does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from plan.commands import golden_path

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("dev", "prod")


def plan(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module", params=STACKS)
def stack(request):
    return request.param


def test_the_plan_is_the_accepted_one_to_the_byte(stack):
    """Another process on another machine recorded the accepted one: the bytes depend on the input alone."""
    recorded = plan("plan", "--stack", stack, "--json")
    assert recorded.returncode == 0, recorded.stderr
    if recorded.stdout != golden_path(stack).read_text(encoding="utf-8"):
        difference = plan("plan-diff", "--stack", stack)
        pytest.fail(f"{difference.stdout}{difference.stderr}\nMeant? Run: make plan-accept STACK={stack}")


def test_an_unknown_stack_is_refused_with_those_that_exist():
    result = plan("plan", "--stack", "nowhere")
    assert result.returncode != 0
    for name in STACKS:
        assert name in result.stderr, "the error must name the stacks that exist"
    assert "Traceback" not in result.stderr
