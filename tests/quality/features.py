"""The features of purchases in plain Python, by the words of docs/scoring.md: sums fade step by step."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from quality.phases import phases

LARGE_TIMES, OWN_TIMES, KNOWN_AFTER, LONGEST_DAYS, MOST_PAYMENTS = 2.2, 2.5, 3.0, 60.0, 60.0


class Fading:
    """A sum of which each part fades to 1/e within `days`."""

    def __init__(self, days: float) -> None:
        self.days, self.total, self.day = days, 0.0, -math.inf

    def at(self, day: float) -> float:
        return self.total * math.exp((self.day - day) / self.days) if self.total else 0.0

    def add(self, day: float, value: float) -> None:
        if day > self.day:
            self.total, self.day = self.at(day), day
        self.total += value * math.exp((day - self.day) / self.days)


class Account:
    def __init__(self) -> None:
        self.newest, self.large = -math.inf, Fading(7)
        self.count, self.paid, self.cut, self.told_count, self.told_paid = (Fading(60) for _ in range(5))

    def pay(self, day: float, amount: float, largest: float) -> tuple[float, ...]:
        self.newest = now = max(self.newest, day)
        known, large_lately = self.count.at(now), self.large.at(now)
        usual = self.cut.at(now) / known if known > 1 else 0.0
        most = LARGE_TIMES * self.paid.at(now) / known if known > KNOWN_AFTER else largest
        for total, value in ((self.count, 1.0), (self.paid, amount), (self.cut, min(amount, most))):
            total.add(now, value)
        if known > KNOWN_AFTER and amount > most:
            self.large.add(now, 1.0)
        return min(known, MOST_PAYMENTS), usual or math.nan, amount / max(usual, 1.0) if usual else 1.0, large_lately

    def explains(self, day: float, amount: float, largest: float) -> bool:
        """A fraud: it is put down to the account, not to its terminal."""
        count, paid = self.told_count.at(day), self.told_paid.at(day)
        return amount > largest or (count > 2 and amount * count > OWN_TIMES * max(paid, count))


@dataclass
class Terminal:
    newest: float = -math.inf
    first: float = math.inf
    genuine_day: float = -math.inf
    in_row: int = 0
    frauds: Fading = field(default_factory=lambda: Fading(10))
    genuine: Fading = field(default_factory=lambda: Fading(10))

    def tell(self, day: float, *, fraud: bool, own: bool) -> None:
        self.newest, self.first, self.in_row = max(self.newest, day), min(self.first, day), self.in_row + own
        if fraud:
            self.frauds.add(day, float(own))
        else:
            self.in_row, self.genuine_day = 0, max(self.genuine_day, day)
            self.genuine.add(day, 1.0)

    def features(self, day: float) -> tuple[float, ...]:
        if self.first == math.inf or self.newest > day:
            return 0.0, LONGEST_DAYS, 0.0, 0.0
        since = self.first if self.genuine_day == -math.inf else self.genuine_day
        return self.in_row, min(day - since, LONGEST_DAYS), self.frauds.at(day), self.genuine.at(day)


COLUMNS = ("known_payments", "usual_amount", "times_usual", "large_lately",
           "frauds_in_row", "days_since_genuine", "frauds_lately", "genuine_lately")  # fmt: skip


def features(payments: pd.DataFrame, outcomes: pd.DataFrame, largest: Sequence[float]) -> pd.DataFrame:
    """Of each payment; `largest`: the largest usual amount of the weights that score it."""
    accounts, terminals = defaultdict[int, Account](Account), defaultdict[str, Terminal](Terminal)
    made, told = _rows(payments, "tx_time"), _rows(outcomes, "known_at")
    frauds, found = outcomes.is_fraud.to_list(), list[tuple[float, ...]]()
    for phase in phases(payments, outcomes):
        for row in phase.outcomes:
            account, terminal, day, amount = told[row]
            its, own = accounts[account], False
            if frauds[row]:
                own = not its.explains(day, amount, largest[min(len(found), len(largest) - 1)])
            else:
                its.told_count.add(day, 1.0)
                its.told_paid.add(day, amount)
            terminals[terminal].tell(day, fraud=frauds[row], own=own)
        for row in phase.payments:
            account, terminal, day, amount = made[row]
            found.append(accounts[account].pay(day, amount, largest[row]) + terminals[terminal].features(day))
    return pd.DataFrame(found, columns=list(COLUMNS))


def _rows(table: pd.DataFrame, time: str) -> list[tuple[int, str, float, float]]:
    days = (table[time] - pd.Timestamp("2026-01-01", tz="UTC")) / pd.Timedelta(days=1)
    return list(zip(table.account, table.terminal_id, days, table.amount.astype(float), strict=True))
