"""Batches keep the order that matters: at each terminal, outcomes and payments meet as their times say."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from quality.phases import phases

TIMES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=40).map(sorted)


@given(payments=TIMES, outcomes=TIMES)
def test_each_terminal_sees_its_rows_in_the_order_of_time(
    payments: list[tuple[int, int]], outcomes: list[tuple[int, int]]
) -> None:
    made, told = _table(payments, "tx_time"), _table(outcomes, "known_at")
    found = list(phases(made, told))
    sent = [row for phase in found for row in phase.payments]
    assert sent == list(range(len(made))), "each payment once, in its order"
    seen = [row for phase in found for row in phase.outcomes]
    assert len(seen) == len(set(seen))
    left = [row for row in range(len(told)) if row not in set(seen)]
    last = max((time for time, _ in payments), default=-1)
    assert all(outcomes[row][0] > last or _waits_at_the_end(found, payments, outcomes[row]) for row in left)
    for terminal in range(4):
        events = list[tuple[int, int]]()
        for phase in found:
            events += [(outcomes[row][0], 0) for row in phase.outcomes if outcomes[row][1] == terminal]
            events += [(payments[row][0], 1) for row in phase.payments if payments[row][1] == terminal]
        assert events == sorted(events), "an outcome known at the time of a payment comes before it"


def _waits_at_the_end(found: list, payments: list[tuple[int, int]], outcome: tuple[int, int]) -> bool:  # type: ignore[type-arg]
    """Nothing is paid at its terminal any more, so that no payment misses it."""
    return all(time < outcome[0] for time, terminal in payments if terminal == outcome[1])


def _table(rows: list[tuple[int, int]], time: str) -> pd.DataFrame:
    return pd.DataFrame({time: [row[0] for row in rows], "terminal_id": [str(row[1]) for row in rows]})
