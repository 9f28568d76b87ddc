"""The golden plans: what each stack declares is what was reviewed, and what must hold for every plan does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("dev", "local", "prod")


def plan(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module", params=STACKS)
def stack(request):
    return request.param


def test_the_plan_is_the_accepted_one(stack):
    result = plan("plan-diff", "--stack", stack)
    assert result.returncode == 0, f"{result.stdout}{result.stderr}\nMeant? Run: make plan-accept STACK={stack}"


def test_the_same_input_gives_the_same_bytes_and_no_secret(stack):
    first, second = (plan("plan", "--stack", stack, "--json").stdout for _ in range(2))
    assert first == second, "the plan's order depends on something other than its input"
    assert "placeholder-secret" not in first, "a configuration secret stands in the plan in plaintext"
    assert "simulated-secret" not in first, "a generated secret stands in the plan in plaintext"
    assert "[secret]" in first


def test_an_unknown_stack_is_refused_with_those_that_exist():
    result = plan("plan", "--stack", "nowhere")
    assert result.returncode != 0
    for name in STACKS:
        assert name in result.stderr, "the error must name the stacks that exist"
    assert "Traceback" not in result.stderr
