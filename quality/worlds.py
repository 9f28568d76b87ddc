"""Simulated worlds: scored by the product, and by the logistic regression of the Handbook on the same labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from quality import baseline, protocol, report
from quality.agreement import Agreement
from quality.handbook import World, simulate
from quality.protocol import Figures
from quality.score import scored

DELAY = pd.Timedelta(days=protocol.DELAY_DAYS)


@dataclass(frozen=True, kw_only=True)
class Variant:
    """`undisputed`: the share of frauds that nobody ever disputes: their outcome says genuine."""

    words: str
    world: World
    undisputed: float = 0.0


WORLDS = {
    "book": Variant(words="the Handbook's own data", world=World()),
    "other-seed": Variant(words="another seed", world=World(seed=11)),
    "undisputed": Variant(words="a third of the frauds never disputed", world=World(seed=12), undisputed=1 / 3),
    "small-amounts": Variant(
        words="frauds of three times the amount, large from 150, terminals compromised for 14 days",
        world=World(seed=13, times_amount=3, large_amount=150, terminal_days=14),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Result:
    """Mean of the four weeks, of the product and of logistic regression on the book's features; `alerts`: a table."""

    name: str
    words: str
    product: Figures
    book: Figures
    alerts: tuple[str, ...]
    agreement: Agreement


def judged(name: str, weights: Path, *, learning: bool, say: Callable[[str], None]) -> Result:
    """Simulate a world, score it and compare. Raises RunError when the pipeline stops."""
    variant = WORLDS[name]
    say(f"{name}: {variant.words}")
    payments = simulate(variant.world)
    outcomes = delayed(payments, variant)
    rows, _, agreed = scored(as_read(payments), as_read(outcomes), weights, learning=learning, say=say)
    told = outcomes.set_index("transaction_id").is_fraud.loc[payments.transaction_id].reset_index(drop=True)
    result = Result(
        name=name,
        words=variant.words,
        product=protocol.four_weeks(payments, rows.probability),
        book=baseline.four_weeks(payments, told),
        alerts=tuple(_alerts(payments, rows.probability)),
        agreement=agreed,
    )
    say(f"{name}: {result.product}; logistic regression on the book's features: {result.book}")
    return result


def delayed(payments: pd.DataFrame, variant: Variant) -> pd.DataFrame:
    """Outcomes of all payments a week later, as they are told."""
    columns = ["transaction_id", "customer_id", "terminal_id", "amount", "is_fraud"]
    outcomes = payments[columns].assign(known_at=payments.tx_time + DELAY)
    silent = np.random.RandomState(variant.world.seed).uniform(size=len(outcomes)) < variant.undisputed
    outcomes["is_fraud"] &= ~silent
    return outcomes


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """Simulated rows with the types that `quality.data.read` gives those of a folder."""
    amounts = pd.Series([Decimal(f"{one:.2f}") for one in table.amount], dtype=object)
    return table.assign(account=table.customer_id, terminal_id=table.terminal_id.astype(str), amount=amounts)


def _alerts(payments: pd.DataFrame, score: pd.Series) -> Iterator[str]:
    first, last = min(protocol.FIRST_TESTS), max(protocol.FIRST_TESTS) + protocol.TEST_DAYS
    tested = payments.day.between(first, last - 1).to_numpy()
    yield from report.thresholds(payments.is_fraud[tested].to_numpy(bool), score[tested].to_numpy(), last - first)


def tables(results: list[Result]) -> Iterator[str]:
    rows = [(one.words, *_row(one.product), *_row(one.book)) for one in results]
    head = ("world", "AUC", "AP", "CP@100", "AUC, book's LR", "AP, book's LR", "CP@100, book's LR")
    yield from report.table(head, rows)
    for one in results:
        yield from ("", f"Alerts of {one.words}, days 129 to 156:", "", *one.alerts, "", f"{one.agreement}.")


def _row(figures: Figures) -> tuple[str, str, str]:
    return f"{figures.auc:.3f}", f"{figures.average_precision:.3f}", f"{figures.card_precision:.3f}"
