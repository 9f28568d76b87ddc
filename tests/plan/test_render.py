"""The minimum duration of a deploy."""

from __future__ import annotations

import pytest

from plan.render import longest_chain
from tests.plans import recorded

LONGEST_MINUTES = 30
"""The reference states 40, and creates no connector."""


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_longest_chain_is_short(stack: str) -> None:
    minutes, chain = longest_chain(recorded(stack))
    assert minutes <= LONGEST_MINUTES, f"{minutes:.1f} min: {' -> '.join(chain)}"
    assert len(chain) > 3, f"the chain {chain} does not reach from the network to a sink: a dependency is missing"
