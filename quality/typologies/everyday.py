"""What accounts pay day by day, without any story: purchases, rent, bills, and now and then somebody new."""

from __future__ import annotations

from collections.abc import Iterator

from numpy.random import Generator

from quality.typologies.model import (
    DAY,
    HOUR,
    MINUTE,
    MOBILE_ADDRESSES,
    Account,
    Payment,
    address,
    pick,
)
from quality.typologies.town import Town

APART = 20 * MINUTE
"""Of two purchases that are nearer than this, the second is left out: nobody is in two shops at once."""
AWAKE = 7 * HOUR
MOST = 900.0
ONLINE, ELSEWHERE, RARELY_LARGE = 0.22, 0.08, 0.02


def everyday(draw: Generator, town: Town, account: Account) -> list[Payment]:
    """Purchases, in order of time, and transfers: all of them, so that each payee is known after a month."""
    kept = list[Payment]()
    for one in sorted(_purchases(draw, town, account), key=lambda one: one.time):
        if not kept or one.time - kept[-1].time >= APART:
            kept.append(one)
    return [*kept, *_transfers(draw, town, account)]


def awake(time: float) -> float:
    """The time, or the morning after when it is at night."""
    return max(time, time // DAY * DAY + AWAKE)


def purchase(draw: Generator, town: Town, account: Account, time: float) -> Payment:
    """A usual one."""
    shop = pick(draw, account.shops if draw.uniform() > ELSEWHERE else town.shops[account.city])
    if draw.uniform() < ONLINE:
        shop = pick(draw, town.online)
    amount = account.usual * shop.level * draw.lognormal(0, 0.5)
    if draw.uniform() < RARELY_LARGE:
        amount *= draw.uniform(3, 6)
    amount = min(max(amount, 0.8), MOST)
    if shop.place:
        return account.buys(time, amount, shop)
    device, where = any_device(draw, account)
    return account.orders(time, amount, shop, device=device, address=where)


def any_device(draw: Generator, account: Account) -> tuple[str, str]:
    """A device of the account with its address: the phone is at home or on the way, the other one at home."""
    if len(account.devices) > 1 and draw.uniform() < 0.4:
        return account.devices[1], account.address
    return account.devices[0], account.address if draw.uniform() < 0.6 else address(draw, MOBILE_ADDRESSES)


def long_ago(town: Town, account: Account, days: float) -> list[Payment]:
    """A few weeks of an account that has paid nothing since, `days` before the first day that is judged."""
    draw = town.draw
    last = (town.warm_up - days) * DAY
    times = sorted(last - draw.uniform(0, 40 * DAY, int(draw.integers(5, 21))))
    return [purchase(draw, town, account, awake(float(time))) for time in times]


def _purchases(draw: Generator, town: Town, account: Account) -> Iterator[Payment]:
    for day in range(town.days):
        for _ in range(int(draw.poisson(account.a_day))):
            yield purchase(draw, town, account, day * DAY + _hour(draw) * HOUR)


def _transfers(draw: Generator, town: Town, account: Account) -> Iterator[Payment]:
    for payee in account.payees:
        for day in range(payee.first, town.days, payee.every):
            device, where = any_device(draw, account)
            yield account.sends(day * DAY + _hour(draw) * HOUR, payee.amount, payee.id, device=device, address=where)
    for _ in range(int(draw.poisson(town.days / 60))):
        device, where = any_device(draw, account)
        time = draw.integers(town.days) * DAY + _hour(draw) * HOUR
        yield account.sends(time, draw.uniform(8, 150), town.stranger(), device=device, address=where)


def _hour(draw: Generator) -> float:
    """By day, most often after work."""
    return float(draw.triangular(6.5, 17.5, 23.5))
