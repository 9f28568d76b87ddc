"""Makes normal payments and frauds from a random source."""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings

CENT = Decimal("0.01")
USUAL = (500, 3_000)  # cents: what an account pays as a rule, 5.00 to 30.00
SPREAD = (50, 150)  # per cent of it
LARGE_SPREAD = 5_000  # cents over the large amount
FOREIGN_PREFIX = "203.0.113."  # reserved for documentation, so nobody's home


@dataclass(frozen=True)
class Payment:
    """A payment before it has an id. Without a `time` it is made when it is written, or so long `ago`."""

    account: int
    amount: Decimal
    address: str
    terminal: str | None = None
    device: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    payee: int | None = None
    time: datetime.datetime | None = None
    ago: datetime.timedelta = datetime.timedelta(0)


def usual(account: int) -> int:
    """What the account pays as a rule, in cents."""
    return random.Random(account).randint(*USUAL)  # noqa: S311 - a simulation


def normal(source: random.Random, account: int) -> Payment:
    """About what the account always pays, from an address at home."""
    return Payment(account, usual(account) * source.randint(*SPREAD) // 100 * CENT, home(source))


def burst_count(source: random.Random, account: int) -> list[Payment]:
    """One small payment more than the rule allows."""
    return [normal(source, account) for _ in range(settings.BURST_COUNT + 1)]


def burst_amount(source: random.Random, account: int) -> list[Payment]:
    """Payments below the large amount, until their sum reaches the limit."""
    limit = Decimal(settings.BURST_AMOUNT)
    part = min(limit / 4, Decimal(settings.LARGE_AMOUNT) - CENT)
    payments: list[Payment] = []
    while sum(payment.amount for payment in payments) < limit:
        amount = (part * source.randint(90, 100) / 100).quantize(CENT)
        payments.append(Payment(account, amount, home(source)))
    return payments


def large_amount(source: random.Random, account: int) -> list[Payment]:
    """One payment of the large amount, or up to 50.00 more."""
    amount = Decimal(settings.LARGE_AMOUNT) + source.randint(0, LARGE_SPREAD) * CENT
    return [Payment(account, amount, home(source))]


def foreign_address(source: random.Random, account: int) -> list[Payment]:
    """A usual amount from an address that is not at home."""
    payment = normal(source, account)
    return [Payment(account, payment.amount, f"{FOREIGN_PREFIX}{source.randint(1, 254)}")]


FRAUDS: dict[str, Callable[[random.Random, int], list[Payment]]] = {
    "burst_count": burst_count,
    "burst_amount": burst_amount,
    "large_amount": large_amount,
    "foreign_address": foreign_address,
}


def home(source: random.Random) -> str:
    """An address that begins with the home prefix, which may be IPv4, IPv6 or a whole address."""
    prefix = settings.HOME_PREFIX
    if prefix.endswith(":"):
        groups = 1 if "::" in prefix else 8 - prefix.count(":")
        return prefix + ":".join(f"{source.randint(1, 0xFFFF):x}" for _ in range(groups))
    if "." not in prefix:
        return prefix
    start = prefix.rstrip(".").split(".")
    return ".".join([*start, *(str(source.randint(1, 254)) for _ in range(4 - len(start)))])
