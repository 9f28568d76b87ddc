"""The order in which payments and outcomes are sent, so that Kafka's two topics give what one stream would.

Flink reads the topics side by side. What matters is the order at each terminal: an outcome must be read after the
payments that it came after, and before those that it came before. A phase is a batch of outcomes, then one of payments;
each batch is sent when the one before has been judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd


@dataclass
class Phase:
    """Row numbers in the tables of outcomes and of payments."""

    outcomes: list[int] = field(default_factory=list)
    payments: list[int] = field(default_factory=list)


def phases(payments: pd.DataFrame, outcomes: pd.DataFrame) -> Iterator[Phase]:
    """Both tables are ordered by time (`tx_time`, `known_at`); an outcome known at the time of a payment comes first.

    An outcome waits for the next phase if its terminal has been paid at in this one; a payment at a terminal for which
    an outcome waits begins the next phase. Without a terminal the order does not matter.
    """
    phase, waiting, paid_at, waited_for = Phase(), list[int](), set[str](), set[str]()
    known = outcomes.known_at.to_numpy()
    told_at = outcomes.terminal_id.to_list()
    told = 0
    for row, (time, terminal) in enumerate(
        zip(payments.tx_time.to_numpy(), payments.terminal_id.to_list(), strict=True)
    ):
        while told < len(known) and known[told] <= time:
            if told_at[told] in paid_at:
                waiting.append(told)
                waited_for.add(told_at[told])
            else:
                phase.outcomes.append(told)
            told += 1
        if terminal in waited_for:
            yield phase
            phase, waiting, paid_at, waited_for = Phase(outcomes=waiting), [], set(), set()
        phase.payments.append(row)
        if terminal is not None:
            paid_at.add(terminal)
    yield phase
