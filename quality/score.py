"""Scores and alerts as a bank would have got them: day by day, with weights learned from what was known at the time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from components.contracts.score import FOLDER, Terms, Weights, read_terms, read_weights
from quality.agreement import Agreement, agreement
from quality.labels import known
from quality.learn import TrainingError, learned, write
from quality.phases import phases
from quality.replay import Replay, replay

SHIPPED = FOLDER / "weights.yaml"
LEARN_EVERY = pd.Timedelta(days=28)
# Before, most accounts and terminals have hardly a history, and their features say little.
WARM_UP = pd.Timedelta(days=14)
LOOK_BACK = pd.Timedelta(days=84)
"""How long payments are learned from."""

Say = Callable[[str], None]


class Judged(NamedTuple):
    """`scores`: a row of payment_score for each payment, in the order of time; `alerts`: the rows of fraud_alert."""

    scores: pd.DataFrame
    alerts: pd.DataFrame
    agreement: Agreement


def scored(
    payments: pd.DataFrame, outcomes: pd.DataFrame, weights: Path = SHIPPED, *, learning: bool = True, say: Say = print
) -> Judged:
    """What the product says of each payment.

    With `learning` the weights are learned anew every four weeks, from the scores so far and the outcomes known by
    then; they hold for the payments after that moment alone. Raises RunError when the pipeline stops.
    """
    terms = read_terms()
    champion = _Champion(payments, outcomes, terms, read_weights(terms, weights), say)
    begin, told = payments.tx_time.iloc[0], 0
    due = begin + LEARN_EVERY if learning else None
    with replay(weights, probe_ids_below=min(0, int(payments.transaction_id.min()))) as running:
        for phase in phases(payments, outcomes):
            if due is not None and phase.payments and payments.tx_time.iloc[phase.payments[0]] >= due:
                champion.challenge(running, due)
                due += LEARN_EVERY
            running.send(payments, outcomes, phase)
            if running.judged - told >= len(payments) / 20:
                told = running.judged
                say(f"{told:,} of {len(payments):,} payments")
        rows, alerts = running.table(), running.alerts()
    rows = rows.set_index("transaction_id").loc[payments.transaction_id].reset_index()
    return Judged(rows, alerts, agreement(rows, terms, champion.used))


class _Champion:
    """The weights in use; `used` has those before them too."""

    def __init__(
        self, payments: pd.DataFrame, outcomes: pd.DataFrame, terms: Terms, weights: Weights, say: Say
    ) -> None:
        self._payments, self._outcomes, self._terms, self._weights, self._say = payments, outcomes, terms, weights, say
        self.used = [weights]

    def challenge(self, running: Replay, until: pd.Timestamp) -> None:
        """Learn from what is known at `until`, and cut over."""
        rows = running.table()
        made = rows.event_time
        since = max(made.min() + WARM_UP, until - LOOK_BACK)
        fraud = known(self._payments[self._payments.tx_time < until], self._outcomes, until)
        rows = rows[(made >= since) & rows.transaction_id.isin(fraud.index)]
        name = f"learned-{until:%Y-%m-%d}"
        try:
            self._weights = learned(
                rows,
                fraud.loc[rows.transaction_id].reset_index(drop=True),
                self._terms,
                self._weights,
                name=name,
                source=f"{len(rows)} payments from {since:%Y-%m-%d}, outcomes known until {until:%Y-%m-%d}",
            )
        except TrainingError as error:
            self._say(f"Weights of {until:%Y-%m-%d}: as before; {error}.")
            return
        self._say(f"Weights of {until:%Y-%m-%d}: learned from {self._weights.trained_on}.")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "weights.yaml"
            write(self._weights, file)
            running.cut_over(file)
        self.used.append(self._weights)
