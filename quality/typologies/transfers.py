"""Honest payments that look like frauds with transfers: rent, bills, money that friends share, old accounts."""

from __future__ import annotations

from collections.abc import Sequence

from quality.typologies.everyday import awake, long_ago, purchase
from quality.typologies.model import (
    DAY,
    EVER,
    HOUR,
    MINUTE,
    Account,
    Episode,
    Payment,
    between,
    moments,
    pick,
    unknown_device,
)
from quality.typologies.town import MONTH, Town


def rent_under_limit(town: Town, account: Account) -> Episode:
    """A rent just below a round amount, each month."""
    draw, landlord = town.draw, town.stranger()
    rent, first = 1_000 - between(draw, 1, 60), between(draw, 0, MONTH) * DAY
    months = [first + month * MONTH * DAY for month in range(town.days // MONTH)]
    paid = [account.sends(time, rent, landlord) for time in months]
    if draw.uniform() < 0.3:
        paid.append(account.sends(paid[-1].time + HOUR, 1_000 - between(draw, 1, 90), account.payees[0].id))
    return Episode(kind="rent_under_limit", payments=paid)


def two_invoices(town: Town, account: Account) -> Episode:
    """A craftsman splits the work into two invoices, each just below a round amount."""
    draw, craftsman = town.draw, town.stranger()
    limit = 1_000 if draw.uniform() < 0.8 else 10_000
    times = moments(draw, town.start(), 2, MINUTE, 3 * HOUR)
    paid = [account.sends(time, limit * between(draw, 0.92, 0.999), craftsman) for time in times]
    return Episode(kind="two_invoices", payments=paid)


def payday(town: Town, account: Account) -> Episode:
    """On the day of the salary all bills are paid at once, and then the larder is filled."""
    draw = town.draw
    times = moments(draw, town.start(7, 18), len(account.payees) + 2, 0.5 * MINUTE, 6 * MINUTE)
    paid = [account.sends(time, payee.amount, payee.id) for time, payee in zip(times, account.payees, strict=False)]
    savings = account.payees[0].id
    paid.append(account.sends(times[-2], between(draw, 50, 400), savings))
    paid.append(account.buys(times[-1] + HOUR, account.usual * between(draw, 1, 4), pick(draw, account.shops)))
    return Episode(kind="payday", payments=paid)


def craftsman(town: Town, account: Account) -> Episode:
    """A bill of somebody new, paid from the account's own phone at home; sometimes in two parts."""
    draw, payee = town.draw, town.stranger()
    times = moments(draw, town.start(), int(draw.integers(1, 3)), 5 * MINUTE, 30 * HOUR)
    paid = [account.sends(time, between(draw, 80, 1_500), payee) for time in times]
    before = account.sends(between(draw, 1, town.warm_up) * DAY, account.payees[0].amount, account.payees[0].id)
    return Episode(kind="craftsman", payments=paid, history=[before])


def bills_by_new_phone(town: Town, account: Account) -> Episode:
    """A new phone, first used to pay the payees of always."""
    draw, phone, begin = town.draw, unknown_device(town.draw), town.start()
    order = draw.permutation(len(account.payees))
    times = moments(draw, begin, len(order), MINUTE, 20 * MINUTE)
    payees = [account.payees[one] for one in order]
    paid = [account.sends(time, one.amount, one.id, device=phone) for time, one in zip(times, payees, strict=True)]
    return Episode(kind="bills_by_new_phone", payments=paid, instead=[(account.id, begin - HOUR, EVER)])


def friend_paid_by_new_phone(town: Town, account: Account) -> Episode:
    """A new phone, used for some days as the old one was; then a small debt to somebody new is paid with it."""
    draw, phone, begin = town.draw, unknown_device(town.draw), town.start(before_end=14)
    bills = account.payees[: int(draw.integers(1, 3))]
    paid = [account.orders(begin, account.usual, pick(draw, town.online), device=phone)]
    for one in bills:
        paid.append(account.sends(paid[-1].time + between(draw, 4, 40) * HOUR, one.amount, one.id, device=phone))
    debt = paid[-1].time + between(draw, 1, 6) * DAY
    paid.append(account.sends(debt, between(draw, 8, 80), town.stranger(), device=phone))
    return Episode(kind="friend_paid_by_new_phone", payments=paid, instead=[(account.id, begin - HOUR, EVER)])


def seasonal_account(town: Town, account: Account) -> Episode:
    """Used each summer, and again this year as always."""
    draw = town.draw
    times = moments(draw, town.start(before_end=12), int(draw.integers(4, 12)), 2 * HOUR, 40 * HOUR)
    paid = [purchase(draw, town, account, awake(time)) for time in times]
    past = long_ago(town, account, between(draw, 120, 300))
    return Episode(kind="seasonal_account", payments=paid, history=past, instead=[(account.id, -EVER, EVER)])


def yearly_bill(town: Town, account: Account) -> Episode:
    """An account that pays one insurance, once or twice a year, always the same one."""
    draw, insurer, amount = town.draw, town.stranger(), between(town.draw, 150, 900)
    time, every = town.start(), between(draw, 170, 370) * DAY
    past = [account.sends(time - years * every, amount * 0.97**years, insurer) for years in (2, 1)]
    paid = [account.sends(time, amount, insurer)]
    return Episode(kind="yearly_bill", payments=paid, history=past, instead=[(account.id, -EVER, EVER)])


def flatmates(town: Town, account: Account, others: Sequence[Account]) -> Episode:
    """They send their parts to one of them, who pays the rent to the landlord of always."""
    draw, rent, landlord = town.draw, between(town.draw, 900, 2_400), account.payees[0].id
    paid, history = list[Payment](), list[Payment]()
    first = between(draw, 3, MONTH - 1)
    for month in range(town.days // MONTH):
        begin = (first + month * MONTH) * DAY
        times = moments(draw, begin - between(draw, 3, 16) * HOUR, len(others), 10 * MINUTE, 2 * HOUR)
        found = [one.sends(time, rent / (len(others) + 1), account.id) for one, time in zip(others, times, strict=True)]
        found.append(account.sends(max(begin, times[-1] + 10 * MINUTE), rent, landlord))
        (paid if month else history).extend(found)
    return Episode(kind="flatmates", payments=paid, history=history)


def dinner_bill(town: Town, account: Account, others: Sequence[Account]) -> Episode:
    """One paid the restaurant for all, and gets the money back."""
    draw, begin = town.draw, town.start(19, 22)
    bill = between(draw, 18, 60) * (len(others) + 1)
    times = moments(draw, begin + between(draw, 2, 60) * MINUTE, len(others), MINUTE, 60 * MINUTE)
    paid = [account.buys(begin, bill, pick(draw, town.shops[account.city]))]
    paid += [one.sends(time, bill / (len(others) + 1), account.id) for one, time in zip(others, times, strict=True)]
    if draw.uniform() < 0.4:
        known = account.payees[-1]
        paid.append(account.sends(times[-1] + between(draw, 2, 20) * HOUR, known.amount, known.id))
    return Episode(kind="dinner_bill", payments=paid)


def gift(town: Town, account: Account, others: Sequence[Account]) -> Episode:
    """Colleagues collect for a present; one of them buys it on the internet."""
    draw, part = town.draw, between(town.draw, 8, 30)
    times = moments(draw, town.start(8, 12), len(others), 5 * MINUTE, 3 * HOUR)
    paid = [one.sends(time, part, account.id) for one, time in zip(others, times, strict=True)]
    end = times[-1] + between(draw, 1, 20) * HOUR
    paid.append(account.orders(end, part * (len(others) + 1), pick(draw, town.online)))
    return Episode(kind="gift", payments=paid)


def landlord(town: Town, account: Account, others: Sequence[Account]) -> Episode:
    """Tenants pay on the first of the month; the loan of the house is paid from that."""
    draw, loan = town.draw, account.payees[0].id
    paid, history = list[Payment](), list[Payment]()
    rents = [between(draw, 350, 1_300) for _ in others]
    for month in range(town.days // MONTH):
        times = moments(draw, (month * MONTH + 1.3) * DAY, len(others), 5 * MINUTE, 2 * HOUR)
        found = [one.sends(time, rent, account.id) for one, time, rent in zip(others, times, rents, strict=True)]
        found.append(account.sends(times[-1] + between(draw, 2, 14) * HOUR, 0.7 * sum(rents), loan))
        (paid if month else history).extend(found)
    return Episode(kind="landlord", payments=paid, history=history)


def family_tablet(town: Town, account: Account, others: Sequence[Account]) -> Episode:
    """A household orders and pays its bills with one tablet, behind one address, on one evening."""
    draw, tablet, begin = town.draw, unknown_device(town.draw), town.start(17, 20)
    people = [account, *others]
    before = [
        one.orders(between(draw, 1, town.warm_up) * DAY, one.usual, pick(draw, town.online), address=account.address)
        for one in people
    ]
    paid = list[Payment]()
    for time in moments(draw, begin, int(draw.integers(4, 12)), MINUTE, 20 * MINUTE):
        one = people[int(draw.integers(len(people)))]
        known = one.payees[int(draw.integers(len(one.payees)))]
        if draw.uniform() < 0.6:
            shop, amount = pick(draw, town.online), one.usual * between(draw, 0.5, 2)
            paid.append(one.orders(time, amount, shop, device=tablet, address=account.address))
        else:
            paid.append(one.sends(time, known.amount, known.id, device=tablet, address=account.address))
    return Episode(kind="family_tablet", payments=paid, history=before)
