"""What a bank knows of its customers: accounts, terminals, payees; and payments, alone and in episodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
EARTH_KM = 6_371.0
GROUND_KMH, AIR_KMH, BOARDING = 300.0, 900.0, 0.75 * HOUR
"""The fastest trains and airliners; taxiing, climb and the way out of the airport."""
HOME_ADDRESSES, MOBILE_ADDRESSES = "10.{0}.{1}.{2}", "10.200.{1}.{2}"
"""Domestic addresses begin with 10., the default of `homePrefix`; mobile ones change from payment to payment."""


class Place(NamedTuple):
    latitude: float
    longitude: float


class Terminal(NamedTuple):
    """`place` is None for a shop on the internet; `level` scales what is paid there."""

    id: str
    place: Place | None
    level: float


class Payee(NamedTuple):
    """Somebody whom the account pays `amount` every `every` days, from day `first` on."""

    id: int
    amount: float
    first: int
    every: int


class Payment(NamedTuple):
    """`time` in seconds since the first day. Card payments in a shop have a place, and neither device nor address."""

    account: int
    time: float
    amount: float
    terminal: Terminal | None = None
    device: str | None = None
    address: str | None = None
    payee: int | None = None
    is_fraud: bool = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """`usual`: the median of its purchases; `city`: the number of its city."""

    id: int
    city: int
    usual: float
    a_day: float
    shops: Sequence[Terminal]
    devices: Sequence[str]
    address: str
    payees: Sequence[Payee]

    def buys(self, time: float, amount: float, terminal: Terminal) -> Payment:
        """With the card, in a shop."""
        return Payment(self.id, time, round(amount, 2), terminal)

    def orders(
        self, time: float, amount: float, terminal: Terminal, *, device: str | None = None, address: str | None = None
    ) -> Payment:
        """On the internet, with its own device at home unless told otherwise."""
        device, address = device or self.devices[0], address or self.address
        return Payment(self.id, time, round(amount, 2), terminal, device, address)

    def sends(
        self, time: float, amount: float, payee: int, *, device: str | None = None, address: str | None = None
    ) -> Payment:
        """A transfer, with its own device at home unless told otherwise."""
        device, address = device or self.devices[0], address or self.address
        return Payment(self.id, time, round(amount, 2), None, device, address, payee)


@dataclass(frozen=True, kw_only=True)
class Episode:
    """Payments that belong together. `history`: what came before. Everyday payments of `instead` (account, from, until)
    did not happen.
    """

    kind: str
    payments: Sequence[Payment]
    history: Sequence[Payment] = field(default=())
    instead: Sequence[tuple[int, float, float]] = field(default=())


EVER = float("inf")


def frauds(payments: Sequence[Payment]) -> list[Payment]:
    return [one._replace(is_fraud=True) for one in payments]


def distance_km(one: Place, other: Place) -> float:
    """Along a great circle."""
    (lat1, lon1), (lat2, lon2) = np.radians(one), np.radians(other)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return float(2 * EARTH_KM * np.arcsin(np.sqrt(half)))


def fastest_way(one: Place, other: Place) -> float:
    """Seconds that the fastest traveller needs."""
    kilometres = distance_km(one, other)
    return min(kilometres / GROUND_KMH * HOUR, BOARDING + kilometres / AIR_KMH * HOUR)


def between(draw: Generator, low: float, high: float) -> float:
    return float(draw.uniform(low, high))


def moments(draw: Generator, begin: float, count: int, shortest: float, longest: float) -> list[float]:
    """`count` times with gaps between `shortest` and `longest`, the first at `begin`."""
    gaps = draw.uniform(shortest, longest, max(0, count - 1))
    return [begin, *(begin + np.cumsum(gaps)).tolist()]


def pick(draw: Generator, some: Sequence[Terminal]) -> Terminal:
    return some[int(draw.integers(len(some)))]


def address(draw: Generator, pattern: str = HOME_ADDRESSES) -> str:
    return pattern.format(*draw.integers(1, 200, 1), *draw.integers(1, 255, 2))


def foreign_address(draw: Generator) -> str:
    return "{}.{}.{}.{}".format(int(draw.choice([41, 80, 95, 185, 203])), *draw.integers(1, 255, 3))


def unknown_device(draw: Generator) -> str:
    """One that no account has."""
    return f"device-{draw.integers(1 << 60):015x}"
