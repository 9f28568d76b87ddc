"""Seven typologies, as a fraud analyst describes them. Every number of an episode is drawn from a range."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from quality.typologies.everyday import long_ago
from quality.typologies.model import (
    DAY,
    EVER,
    HOUR,
    MINUTE,
    Account,
    Episode,
    Payment,
    address,
    between,
    fastest_way,
    foreign_address,
    frauds,
    moments,
    pick,
    unknown_device,
)
from quality.typologies.town import Town


def impossible_travel(town: Town, account: Account) -> Episode:
    """The card pays at two places, and nobody travels as fast. The owner pays at home, before or after the thief."""
    draw = town.draw
    there = town.far(account.city, abroad=draw.uniform() < 0.6)
    home, first = pick(draw, account.shops), pick(draw, town.shops[there])
    assert home.place and first.place, "shops have places"
    gap = max(2 * MINUTE, fastest_way(home.place, first.place) * between(draw, 0.03, 0.6))
    begin = town.start()
    owner = account.buys(begin, account.usual * home.level, home)
    times = moments(draw, begin + gap, int(draw.integers(1, 5)), 3 * MINUTE, 50 * MINUTE)
    if draw.uniform() < 0.3:
        times = [begin + times[0] - one - gap for one in times]
    shops = [first, *(pick(draw, town.shops[there]) for _ in times[1:])]
    bought = [
        account.buys(time, account.usual * between(draw, 0.5, 8), shop) for time, shop in zip(times, shops, strict=True)
    ]
    return Episode(kind="impossible_travel", payments=[owner, *frauds(bought)])


def card_testing(town: Town, account: Account) -> Episode:
    """Whoever bought the number tries it with tiny amounts, in one shop after the other, and then shops."""
    draw = town.draw
    device, where = _stranger(town) if draw.uniform() < 0.5 else (None, None)
    count = int(draw.integers(4, 10))
    shops = [town.online[one] for one in draw.choice(len(town.online), count, replace=False)]
    span = between(draw, 3, 50) * MINUTE
    times = moments(draw, town.start(0, 21), count, 0.4 * span / count, 1.6 * span / count)
    tests = [(time, between(draw, 0.3, 2.5), shop) for time, shop in zip(times, shops, strict=True)]
    large = moments(draw, times[-1] + between(draw, 1, 60) * MINUTE, int(draw.integers(1, 4)), MINUTE, 30 * MINUTE)
    shopping = [(time, _far_above(town, account), pick(draw, town.online)) for time in large]
    paid = [Payment(account.id, time, round(amount, 2), shop, device, where) for time, amount, shop in tests + shopping]
    return Episode(kind="card_testing", payments=frauds(paid))


def structuring(town: Town, account: Account) -> Episode:
    """Several payments a day, each just under the amount that would be reported."""
    draw = town.draw
    limit = 1_000 if draw.uniform() < 0.7 else 10_000
    payees = [town.stranger() for _ in range(int(draw.integers(1, 4)))]
    paid, begin = list[Payment](), town.start(8.5, 10)
    for day in range(int(draw.integers(1, 4))):
        for time in moments(draw, begin + day * DAY, int(draw.integers(3, 7)), 10 * MINUTE, 2.4 * HOUR):
            amount = limit * between(draw, 0.90, 0.999)
            paid.append(account.sends(time, amount, int(draw.choice(payees))))
    return Episode(kind="structuring", payments=frauds(paid))


def dormant_account(town: Town, account: Account) -> Episode:
    """Nothing for months, then somebody drains it: transfers, or purchases with the card."""
    draw = town.draw
    device, where = _stranger(town) if draw.uniform() < 0.6 else (account.devices[0], account.address)
    payee = town.stranger()
    transfers = draw.uniform() < 0.6
    drained = list[Payment]()
    for time in moments(draw, town.start(0, 23), int(draw.integers(2, 7)), 2 * MINUTE, 5 * HOUR):
        amount = _far_above(town, account)
        if transfers:
            drained.append(account.sends(time, amount, payee, device=device, address=where))
        else:
            drained.append(account.orders(time, amount, pick(draw, town.online), device=device, address=where))
    past = long_ago(town, account, between(draw, 90, 300))
    return Episode(kind="dormant_account", payments=frauds(drained), history=past, instead=[(account.id, -EVER, EVER)])


def new_device(town: Town, account: Account) -> Episode:
    """Purchases far above the usual from a device and an address that the account never had."""
    draw = town.draw
    device, where = _stranger(town)
    times = moments(draw, town.start(0, 23), int(draw.integers(1, 5)), MINUTE, 90 * MINUTE)
    bought = [
        account.orders(time, _far_above(town, account), pick(draw, town.online), device=device, address=where)
        for time in times
    ]
    return Episode(kind="new_device", payments=frauds(bought))


def account_takeover(town: Town, account: Account) -> Episode:
    """Whoever got the password sends money from another device to payees whom the account never paid."""
    draw = town.draw
    device, where = _stranger(town)
    payees = [town.stranger() for _ in range(int(draw.integers(1, 3)))]
    sent = [
        account.sends(time, between(draw, 150, 2_500), int(draw.choice(payees)), device=device, address=where)
        for time in moments(draw, town.start(0, 23), int(draw.integers(1, 6)), MINUTE, 40 * MINUTE)
    ]
    return Episode(kind="account_takeover", payments=frauds(sent))


def mule_account(town: Town, account: Account, senders: Sequence[Account]) -> Episode:
    """Money of several victims comes in and goes on within a day, to a payee whom the account never paid."""
    draw = town.draw
    times = moments(draw, town.start(0, 14), len(senders), 4 * MINUTE, 2.5 * HOUR)
    amounts = [between(draw, 90, 1_600) for _ in senders]
    received = [one.sends(time, amount, account.id) for one, time, amount in zip(senders, times, amounts, strict=True)]
    parts, payee = int(draw.integers(1, 4)), town.stranger()
    share = between(draw, 0.75, 0.98) * sum(amounts) / parts
    onward = moments(draw, times[-1] + between(draw, 0.2, 16) * HOUR, parts, 2 * MINUTE, 2 * HOUR)
    passed_on = [account.sends(time, share, payee) for time in onward]
    return Episode(kind="mule_account", payments=frauds([*received, *passed_on]))


SENDERS = (3, 7)
"""How many victims pay to a mule: the least, and one more than the most."""
ALONE: Mapping[str, Callable[[Town, Account], Episode]] = {
    "impossible_travel": impossible_travel,
    "card_testing": card_testing,
    "structuring": structuring,
    "dormant_account": dormant_account,
    "new_device": new_device,
    "account_takeover": account_takeover,
}
"""The typologies that need one account."""
TYPOLOGIES = (*ALONE, "mule_account")


def _stranger(town: Town) -> tuple[str, str]:
    """A device and an address that no account has; the address is abroad or looks domestic."""
    draw = town.draw
    return unknown_device(draw), foreign_address(draw) if draw.uniform() < 0.5 else address(draw)


def _far_above(town: Town, account: Account) -> float:
    return min(max(account.usual * between(town.draw, 6, 20), 150.0), 2_500.0)
