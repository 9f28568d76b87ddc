"""The world: everyday payments, with episodes of fraud and their honest look-alikes among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from quality.typologies import cards, fraud, transfers
from quality.typologies.everyday import everyday
from quality.typologies.model import Account, Episode, Payment
from quality.typologies.town import Town, build

BEGIN = pd.Timestamp("2025-01-01", tz="UTC")
USUAL = "everyday"
"""The kind of payments that belong to no episode."""
DEGREE = Decimal("0.00001")

Alone = Callable[[Town, Account], Episode]
Together = Callable[[Town, Account, Sequence[Account]], Episode]
LOOKALIKES: Mapping[str, tuple[tuple[Alone, float], ...]] = {
    "impossible_travel": ((cards.way_home, 0.5), (cards.holiday_abroad, 0.5), (cards.day_trip, 0.25)),
    "card_testing": ((cards.vending_machine, 0.4), (cards.evening_out, 0.4), (cards.errands, 0.4)),
    "structuring": ((transfers.rent_under_limit, 0.4), (transfers.payday, 0.4), (transfers.two_invoices, 0.25)),
    "dormant_account": ((transfers.seasonal_account, 0.6), (transfers.yearly_bill, 0.4)),
    "new_device": ((cards.new_phone, 0.6), (cards.furniture, 0.4)),
    "account_takeover": (
        (transfers.bills_by_new_phone, 0.5),
        (transfers.craftsman, 0.5),
        (transfers.friend_paid_by_new_phone, 0.25),
    ),
}
"""What each typology is mistaken for, and how often each kind is there for one episode of the typology."""
SHARED: Mapping[str, tuple[tuple[Together, float], ...]] = {
    "mule_account": (
        (transfers.flatmates, 0.4),
        (transfers.dinner_bill, 0.4),
        (transfers.gift, 0.25),
        (transfers.landlord, 0.25),
    ),
    "new_device": ((transfers.family_tablet, 0.25),),
}
"""The same, of several accounts."""
OTHERS = (2, 6)
"""How many accounts share with the first: the least, and one more than the most."""


@dataclass(frozen=True, kw_only=True)
class World:
    """`episodes` of each typology; the days before `warm_up` are not judged, since nobody has a history in them."""

    seed: int = 1
    accounts: int = 1_400
    days: int = 90
    warm_up: int = 32
    episodes: int = 40


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """`payments` in order of time, with the columns of transactions.csv; `truth`: the payments of episodes, with
    `transaction_id`, `kind` (a typology or what looks like one), `episode` (its number) and `is_fraud`.
    """

    payments: pd.DataFrame
    truth: pd.DataFrame
    judged_from: pd.Timestamp


def simulate(world: World | None = None) -> Simulated:
    """Raises ValueError when there are too few accounts for the episodes."""
    world = world or World()
    people, stories = (np.random.default_rng([world.seed, part]) for part in (0, 1))
    town = build(people, stories, accounts=world.accounts, days=world.days, warm_up=world.warm_up)
    found = list(_episodes(town, world.episodes))
    rows = [(one, USUAL, -1) for one in _everyday(people, town, found)]
    for number, episode in enumerate(found):
        rows += [(one, episode.kind, number) for one in episode.payments]
        rows += [(one, USUAL, -1) for one in episode.history]
    rows.sort(key=lambda row: row[0].time)
    payments = _table([row[0] for row in rows])
    truth = pd.DataFrame(
        {
            "transaction_id": payments.transaction_id,
            "kind": [row[1] for row in rows],
            "episode": [row[2] for row in rows],
            "is_fraud": [row[0].is_fraud for row in rows],
        }
    )
    truth = truth[truth.kind != USUAL].reset_index(drop=True)
    return Simulated(payments=payments, truth=truth, judged_from=BEGIN + pd.Timedelta(days=world.warm_up))


def _episodes(town: Town, number: int) -> Iterator[Episode]:
    """Each has accounts of its own; only victims of mules have other stories too."""
    accounts = iter([town.accounts[one] for one in town.draw.permutation(len(town.accounts))])
    try:
        for typology in fraud.TYPOLOGIES:
            for _ in range(number):
                if typology in fraud.ALONE:
                    yield fraud.ALONE[typology](town, next(accounts))
                else:
                    yield fraud.mule_account(town, next(accounts), _some(town, accounts, fraud.SENDERS))
            for alone, times in LOOKALIKES.get(typology, ()):
                for _ in range(round(times * number)):
                    yield alone(town, next(accounts))
            for together, times in SHARED.get(typology, ()):
                for _ in range(round(times * number)):
                    yield together(town, next(accounts), _some(town, accounts, OTHERS))
    except StopIteration:
        message = f"{len(town.accounts)} accounts are too few for {number} episodes of each typology; give more"
        raise ValueError(message) from None


def _some(town: Town, accounts: Iterator[Account], least_most: tuple[int, int]) -> list[Account]:
    return [next(accounts) for _ in range(int(town.draw.integers(*least_most)))]


def _everyday(draw: np.random.Generator, town: Town, episodes: Sequence[Episode]) -> Iterator[Payment]:
    """Of all accounts, without what episodes have in its place."""
    spans: dict[int, list[tuple[float, float]]] = {}
    for episode in episodes:
        for account, begin, end in episode.instead:
            spans.setdefault(account, []).append((begin, end))
    for account in town.accounts:
        for one in everyday(draw, town, account):
            if not any(begin <= one.time <= end for begin, end in spans.get(account.id, ())):
                yield one


def _table(payments: Sequence[Payment]) -> pd.DataFrame:
    """With the types that `quality.data.read` gives."""
    places = [one.terminal.place if one.terminal else None for one in payments]
    columns = {
        "customer_id": [one.account for one in payments],
        "terminal_id": [one.terminal.id if one.terminal else None for one in payments],
        "amount": [Decimal(f"{one.amount:.2f}") for one in payments],
        "device_id": [one.device for one in payments],
        "ip_address": [one.address for one in payments],
        "latitude": [_degrees(one and one.latitude) for one in places],
        "longitude": [_degrees(one and one.longitude) for one in places],
        "payee_id": [one.payee for one in payments],
    }
    table = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    table["customer_id"] = table.customer_id.astype("int64")
    seconds = np.array([one.time for one in payments])
    table.insert(0, "tx_time", (BEGIN + pd.to_timedelta(seconds, unit="s")).floor("ms"))
    table.insert(0, "transaction_id", np.arange(1, len(table) + 1))
    return table


def _degrees(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(number).quantize(DEGREE)
