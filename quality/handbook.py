"""The simulator of the Fraud Detection Handbook, written anew from its specification (Le Borgne et al., chapter 3).

With the default world it gives the book's own data: 1,754,155 payments, 14,681 of them frauds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import RandomState

DAY = 86_400
BEGIN = pd.Timestamp("2018-04-01", tz="UTC")


@dataclass(frozen=True, kw_only=True)
class World:
    """The book's constants. `seed` 0 is the book's data; another one moves every draw."""

    seed: int = 0
    customers: int = 5_000
    terminals: int = 10_000
    days: int = 183
    radius: float = 5.0
    large_amount: float = 220.0
    terminals_a_day: int = 2
    terminal_days: int = 28
    customers_a_day: int = 3
    customer_days: int = 14
    share_taken: int = 3
    times_amount: float = 5.0


def simulate(world: World | None = None) -> pd.DataFrame:
    """Payments in order of time: `transaction_id`, `seconds` since the first day, `day`, `tx_time`, `customer_id`,
    `terminal_id`, `amount`, `is_fraud`, `scenario` (0 for genuine, 1 to 3 as in the book).
    """
    world = world or World()
    payments = _payments(world)
    payments["is_fraud"], payments["scenario"] = False, 0
    _mark(payments, payments.amount > world.large_amount, 1)
    _compromised_terminals(payments, world)
    _compromised_customers(payments, world)
    payments["tx_time"] = BEGIN + pd.to_timedelta(payments.seconds, unit="s")
    return payments


def _payments(world: World) -> pd.DataFrame:
    offset = 1_000_003 * world.seed
    people = RandomState(offset).uniform((0, 0, 5, 0), (100, 100, 100, 4), (world.customers, 4))
    places = RandomState(offset + 1).uniform(0, 100, (world.terminals, 2))
    rows: list[list[float]] = []
    for customer, (x, y, mean, rate) in enumerate(people):
        near = np.flatnonzero(np.hypot(places[:, 0] - x, places[:, 1] - y) < world.radius).tolist()
        paid = _paid(mean, rate, near, seed=offset + customer, days=world.days)
        rows += [[second, customer, terminal, amount] for second, terminal, amount in paid]
    table = pd.DataFrame(rows, columns=["seconds", "customer_id", "terminal_id", "amount"])
    table = table.astype({"seconds": "int64", "customer_id": "int64", "terminal_id": "int64"})
    table = table.sort_values("seconds", kind="stable", ignore_index=True)
    table.insert(0, "transaction_id", table.index)
    table["day"] = table.seconds // DAY
    return table


def _paid(mean: float, rate: float, near: list[int], *, seed: int, days: int) -> Iterator[tuple[int, int, float]]:
    """Second, terminal and amount of each payment of a customer."""
    draw, choose = RandomState(seed), random.Random(seed)  # noqa: S311 - a simulation
    for day in range(days):
        for _ in range(draw.poisson(rate)):
            second = int(draw.normal(DAY / 2, 20_000))
            if not 0 < second < DAY:
                continue
            amount = draw.normal(mean, mean / 2)
            if amount < 0:
                amount = draw.uniform(0, mean * 2)
            if near:
                yield day * DAY + second, choose.choice(near), round(amount, 2)


def _compromised_terminals(payments: pd.DataFrame, world: World) -> None:
    for day in range(int(payments.day.max())):
        chosen = RandomState(day + 1_000_003 * world.seed).choice(world.terminals, world.terminals_a_day, replace=False)
        _mark(payments, _during(payments, day, world.terminal_days) & payments.terminal_id.isin(chosen), 2)


def _compromised_customers(payments: pd.DataFrame, world: World) -> None:
    for day in range(int(payments.day.max())):
        seed = day + 1_000_003 * world.seed
        chosen = RandomState(seed).choice(world.customers, world.customers_a_day, replace=False)
        theirs = payments.index[_during(payments, day, world.customer_days) & payments.customer_id.isin(chosen)]
        taken = random.Random(seed).sample(  # noqa: S311 - a simulation
            list(theirs), len(theirs) // world.share_taken
        )
        payments.loc[taken, "amount"] *= world.times_amount
        _mark(payments, taken, 3)


def _during(payments: pd.DataFrame, day: int, days: int) -> pd.Series:
    return (payments.day >= day) & (payments.day < day + days)


def _mark(payments: pd.DataFrame, rows: object, scenario: int) -> None:
    payments.loc[rows, ["is_fraud", "scenario"]] = True, scenario
