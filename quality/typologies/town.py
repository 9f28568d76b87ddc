"""The world before anything is paid: cities with their terminals, and accounts with their habits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from quality.typologies.model import DAY, Account, Payee, Place, Terminal, address, distance_km, unknown_device

DOMESTIC = (
    Place(53.55, 9.99), Place(52.52, 13.40), Place(48.14, 11.58), Place(50.94, 6.96), Place(50.11, 8.68),
    Place(48.78, 9.18), Place(51.34, 12.37), Place(52.37, 9.73), Place(49.45, 11.08), Place(53.08, 8.80),
)  # fmt: skip
ABROAD = (
    Place(51.51, -0.13), Place(48.86, 2.35), Place(40.42, -3.70), Place(41.90, 12.50), Place(38.72, -9.14),
    Place(41.01, 28.98), Place(40.71, -74.01), Place(25.20, 55.27), Place(13.76, 100.50), Place(-23.55, -46.63),
    Place(6.52, 3.38), Place(35.68, 139.69),
)  # fmt: skip
CITIES = (*DOMESTIC, *ABROAD)
SHOPS, CHEAP, ONLINE = 60, 15, 150
"""Shops of a city, of which so many sell cheap things, and shops on the internet."""
CITY_DEGREES = 0.06
"""Standard deviation of places in a city: some 5 km."""
OUTSIDE = 1_000_000
"""Ids of payees from here on are not customers."""
MONTH = 30


@dataclass(frozen=True, kw_only=True)
class Town:
    """`shops` by city; `draw` gives everything that is random in episodes."""

    accounts: Sequence[Account]
    shops: Sequence[Sequence[Terminal]]
    online: Sequence[Terminal]
    days: int
    warm_up: int
    draw: Generator

    def cheap(self, city: int) -> Sequence[Terminal]:
        return self.shops[city][:CHEAP]

    def start(self, first_hour: float = 8, last_hour: float = 20, *, before_end: float = 3) -> float:
        """A time on one of the days that are judged."""
        day = self.draw.integers(self.warm_up, int(self.days - before_end))
        return float(day * DAY + self.draw.uniform(first_hour, last_hour) * 3_600)

    def far(self, city: int, *, abroad: bool, least_km: float = 250) -> int:
        """Another city, by number."""
        numbers = range(len(DOMESTIC), len(CITIES)) if abroad else range(len(DOMESTIC))
        fit = [one for one in numbers if distance_km(CITIES[city], CITIES[one]) >= least_km]
        return int(self.draw.choice(fit))

    def stranger(self) -> int:
        """A payee whom nobody has paid."""
        return int(self.draw.integers(10 * OUTSIDE, 1_000 * OUTSIDE))


def build(draw: Generator, episodes: Generator, *, accounts: int, days: int, warm_up: int) -> Town:
    shops = [_city(draw, number, place) for number, place in enumerate(CITIES)]
    online = [Terminal(f"web-{number}", None, between) for number, between in enumerate(draw.uniform(0.5, 2, ONLINE))]
    people = [_account(draw, number, shops) for number in range(accounts)]
    return Town(accounts=people, shops=shops, online=online, days=days, warm_up=warm_up, draw=episodes)


def _city(draw: Generator, number: int, middle: Place) -> list[Terminal]:
    places = np.asarray(middle) + draw.normal(0, CITY_DEGREES, (SHOPS, 2)).clip(-3 * CITY_DEGREES, 3 * CITY_DEGREES)
    levels = np.where(np.arange(SHOPS) < CHEAP, draw.uniform(0.08, 0.25, SHOPS), draw.uniform(0.6, 1.8, SHOPS))
    return [
        Terminal(f"shop-{number}-{shop}", Place(round(float(x), 5), round(float(y), 5)), float(level))
        for shop, ((x, y), level) in enumerate(zip(places, levels, strict=True))
    ]


def _account(draw: Generator, number: int, shops: Sequence[Sequence[Terminal]]) -> Account:
    city = int(draw.integers(len(DOMESTIC)))
    chosen = draw.choice(SHOPS, int(draw.integers(4, 11)), replace=False)
    return Account(
        id=number,
        city=city,
        usual=float(draw.uniform(12, 70)),
        a_day=float(draw.uniform(0.3, 1.4)),
        shops=[shops[city][shop] for shop in chosen],
        devices=[unknown_device(draw) for _ in range(1 + int(draw.uniform() < 0.5))],
        address=address(draw),
        payees=_payees(draw, number),
    )


def _payees(draw: Generator, number: int) -> list[Payee]:
    """Rent, bills, and somebody of the family; each is paid within the first month."""

    def payee(amount: float, every: int) -> Payee:
        return Payee(OUTSIDE + 10 * number + len(found), round(amount, 2), int(draw.integers(0, every)), every)

    found = list[Payee]()
    found.append(payee(draw.uniform(380, 1_250), MONTH))
    for _ in range(int(draw.integers(1, 4))):
        found.append(payee(draw.uniform(15, 180), MONTH))
    if draw.uniform() < 0.4:
        found.append(payee(draw.uniform(10, 120), 7))
    return found
