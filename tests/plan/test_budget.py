"""What a stack costs and how long it takes, by the plan's own tables."""

from __future__ import annotations

import pytest

from local.plan import Plan
from local.plan.commands import ROOT, golden_path
from local.plan.prices import monthly
from local.plan.render import longest_chain

LEAN_AWS_USD = 380
"""The reference's AWS part is about $752 a month; the lean one shall be half."""
LONGEST_MINUTES = 30
"""The reference states 40, and creates no connector."""


def plan(stack: str) -> Plan:
    return Plan.load(golden_path(stack))


def test_dev_is_lean() -> None:
    totals, unknown = monthly(plan("dev"))
    assert totals["aws"] <= LEAN_AWS_USD, f"dev's AWS part is ${totals['aws']:.0f} a month: make something smaller"
    assert not unknown, f"no price for {unknown}: add it to local/plan/prices.py"


@pytest.mark.parametrize(("stack", "sum_of_both"), [("dev", 680), ("prod", 2_090)])
def test_the_readme_says_what_a_stack_costs(stack: str, sum_of_both: int) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`{stack}`" in text and f"about ${sum_of_both:,}" in text
    total = sum(monthly(plan(stack))[0].values())
    assert abs(total - sum_of_both) <= 10, f"{stack} costs ${total:,.0f} by the estimate: say so in README.md"


def test_a_warehouse_that_sleeps_costs_its_waking_hours() -> None:
    asleep, awake = monthly(plan("dev"))[0], monthly(plan("local"))[0]
    assert awake["aws"] - asleep["aws"] > 250, "the schedule of dev must show in the estimate"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_longest_chain_is_short(stack: str) -> None:
    minutes, chain = longest_chain(plan(stack))
    assert minutes <= LONGEST_MINUTES, f"{minutes:.1f} min: {' -> '.join(chain)}"
    assert len(chain) > 3, f"the chain {chain} does not reach from the network to a sink: a dependency is missing"
