"""The cost of a stack by the plan's price table."""

from __future__ import annotations

import dataclasses

import pytest

from plan.commands import ROOT
from plan.golden.form import golden
from plan.prices import monthly
from tests.plans import recorded

LEAN_AWS_USD = 380
"""The reference's AWS part is about $752 a month; the lean one shall be half."""


def test_dev_is_lean() -> None:
    totals, unknown = monthly(golden(recorded("dev")))
    assert totals["aws"] <= LEAN_AWS_USD, f"dev's AWS part is ${totals['aws']:.0f} a month: make something smaller"
    assert not unknown, f"no price for {unknown}: add it to plan/prices.py"


@pytest.mark.parametrize(("stack", "sum_of_both"), [("dev", 680), ("prod", 2_090)])
def test_the_readme_says_what_a_stack_costs(stack: str, sum_of_both: int) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`{stack}`" in text and f"${sum_of_both:,}" in text
    total = sum(monthly(golden(recorded(stack)))[0].values())
    assert abs(total - sum_of_both) <= 10, f"the estimate for {stack} is ${total:,.0f}: update README.md"


def test_a_pausing_warehouse_costs_its_running_hours() -> None:
    dev = recorded("dev")
    always = tuple(one for one in dev.resources if not one.type.endswith(":ScheduledAction"))
    awake = monthly(golden(dataclasses.replace(dev, resources=always)))[0]
    assert awake["aws"] - monthly(golden(dev))[0]["aws"] > 250, "the schedule of dev must show in the estimate"
