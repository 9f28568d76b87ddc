"""Makes the frauds of the typologies: ways of fraud that banks know.

Most rules compare a payment with what its account did before. An account of the generator has no devices and no places,
so these frauds bring the payments that lead to them, some of them dated in the past.
"""

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from transactions.payments import CENT, Payment, home, usual

HABITS = 6
"""So many payments make an account known: `new_device` and `account_takeover` ask for more than five."""
TIMES_USUAL = (500, 700)  # per cent
PLACES = (
    (Decimal("47.37690"), Decimal("8.54170")),
    (Decimal("1.35210"), Decimal("103.81980")),
    (Decimal("40.71280"), Decimal("-74.00600")),
    (Decimal("-33.86880"), Decimal("151.20930")),
    (Decimal("-23.55050"), Decimal("-46.63330")),
)
"""Cities, each further from the others than anyone flies in an hour."""

Make = Callable[[random.Random, Sequence[int]], list[Payment]]


@dataclass(frozen=True)
class Fraud:
    """`make` gets as many different `accounts` as take part, the one that its rule flags first.

    `silent`: that account must not have paid before.
    """

    make: Make
    accounts: int = 1
    silent: bool = False


def impossible_travel(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """Payments in one city, the last half an hour ago, then one in another."""
    here, there = source.sample(PLACES, 2)
    (account,) = accounts
    at_home = [
        _usual(source, account, latitude=here[0], longitude=here[1], ago=datetime.timedelta(hours=hours))
        for hours in (72.5, 48.5, 24.5, 0.5)
    ]
    return [*at_home, _usual(source, account, latitude=there[0], longitude=there[1])]


def card_testing(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """Four tiny payments at different terminals, then a larger one."""
    (account,) = accounts
    tills = source.sample(range(1_000, 10_000), 5)
    amounts = [source.randint(50, 200) for _ in tills[1:]] + [source.randint(3_000, 9_000)]
    return [
        Payment(account, cents * CENT, home(source), terminal=f"till-{till}", ago=datetime.timedelta(minutes=minutes))
        for cents, till, minutes in zip(amounts, tills, (20, 15, 9, 4, 0), strict=True)
    ]


def structuring(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """Three payments just under 1000.00 within a day."""
    (account,) = accounts
    return [
        Payment(account, source.randint(90_000, 99_900) * CENT, home(source), ago=datetime.timedelta(hours=hours))
        for hours in (18, 9, 0)
    ]


def dormant_account(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """A large purchase after two months of silence."""
    (account,) = accounts
    habits = [_usual(source, account, ago=datetime.timedelta(days=days)) for days in range(75, 75 - 3 * HABITS, -3)]
    return [*habits, _multiple(source, account)]


def new_device(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """A large purchase with a device and from an address that the account had not used."""
    (account,) = accounts
    return [*_with_a_phone(source, account), _multiple(source, account, device=_device(source))]


def account_takeover(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """A transfer to somebody new, with a new device behind the known address."""
    (account,) = accounts
    habits = _with_a_phone(source, account)
    payee = source.randint(10**8, 10**9)
    theft = _multiple(source, account, address=habits[0].address, device=_device(source), payee=payee)
    return [*habits, theft]


def mule_account(source: random.Random, accounts: Sequence[int]) -> list[Payment]:
    """Three accounts pay in, and nearly all of it leaves for accounts that are no customers."""
    mule, *senders = accounts
    amounts = [source.randint(20_000, 40_000) for _ in senders]
    parts = (len(senders) + 1) // 2
    out = int(sum(amounts) * source.uniform(0.85, 0.95)) // parts
    return [
        *(
            Payment(sender, cents * CENT, home(source), payee=mule, ago=datetime.timedelta(minutes=50 - 10 * number))
            for number, (sender, cents) in enumerate(zip(senders, amounts, strict=True))
        ),
        *(
            Payment(mule, out * CENT, home(source), payee=source.randint(10**8, 10**9), ago=_minutes_ago(minutes))
            for minutes in range(15 * (parts - 1), -1, -15)
        ),
    ]


TYPOLOGIES: dict[str, Fraud] = {
    "impossible_travel": Fraud(impossible_travel),
    "card_testing": Fraud(card_testing),
    "structuring": Fraud(structuring),
    "dormant_account": Fraud(dormant_account, silent=True),
    "new_device": Fraud(new_device),
    "account_takeover": Fraud(account_takeover),
    "mule_account": Fraud(mule_account, accounts=4),
}


def _minutes_ago(minutes: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=minutes)


def _usual(source: random.Random, account: int, **columns: Any) -> Payment:
    """About the usual amount: nearer to it than payments of the generator, so that the mean is known."""
    cents = usual(account) * source.randint(80, 120) // 100
    return Payment(account, cents * CENT, columns.pop("address", home(source)), **columns)


def _multiple(source: random.Random, account: int, **columns: Any) -> Payment:
    """Several times the usual amount."""
    cents = usual(account) * source.randint(*TIMES_USUAL) // 100
    return Payment(account, cents * CENT, columns.pop("address", home(source)), **columns)


def _with_a_phone(source: random.Random, account: int) -> list[Payment]:
    """The habits of a week, all with one device from one address."""
    phone, address = _device(source), home(source)
    return [
        _usual(source, account, address=address, device=phone, ago=datetime.timedelta(days=days))
        for days in range(HABITS + 1, 1, -1)
    ]


def _device(source: random.Random) -> str:
    return f"phone-{source.randint(100_000, 999_999)}"
