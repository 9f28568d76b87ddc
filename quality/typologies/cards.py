"""Honest payments that look like frauds with a card: travel, many small things, new devices."""

from __future__ import annotations

from quality.typologies.everyday import awake, purchase
from quality.typologies.model import (
    DAY,
    EVER,
    HOUR,
    MINUTE,
    MOBILE_ADDRESSES,
    Account,
    Episode,
    Payment,
    Place,
    Terminal,
    address,
    between,
    distance_km,
    fastest_way,
    foreign_address,
    moments,
    pick,
    unknown_device,
)
from quality.typologies.town import Town

STREET = 6


def way_home(town: Town, account: Account) -> Episode:
    """A short journey by air: a coffee before each flight, and the next payment soon after it."""
    draw = town.draw
    there = town.far(account.city, abroad=draw.uniform() < 0.6)
    return _journey(town, account, there, "way_home", nights=between(draw, 0.4, 3), slower=(1.08, 1.8), at_usual=1.5)


def holiday_abroad(town: Town, account: Account) -> Episode:
    """A week or two, in which more is spent than at home; some of it with the phone, from the hotel's address."""
    draw, there = town.draw, town.far(account.city, abroad=True)
    return _journey(town, account, there, "holiday_abroad", nights=between(draw, 4, 14), slower=(1.2, 3), at_usual=2.5)


def day_trip(town: Town, account: Account) -> Episode:
    """By train to another city and back."""
    there = town.far(account.city, abroad=False, least_km=80)
    return _journey(town, account, there, "day_trip", nights=0.25, slower=(1.4, 3), at_usual=1)


def _journey(
    town: Town, account: Account, there: int, kind: str, *, nights: float, slower: tuple[float, float], at_usual: float
) -> Episode:
    """`slower`: by how much than the fastest traveller."""
    draw = town.draw
    here, first, last, back = (pick(draw, town.shops[city]) for city in (account.city, there, there, account.city))
    leave = town.start(6, 14, before_end=nights + 4)
    arrive = leave + _time(first, here) * between(draw, *slower)
    depart = arrive + nights * DAY
    home = depart + _time(last, back) * between(draw, *slower)
    number = max(1, int(draw.poisson(2 * nights)))
    stay = [arrive + (one + between(draw, 0.7, 1.3)) * (depart - arrive) / (number + 1) for one in range(number)]
    shops = [here, first, *(pick(draw, town.shops[there]) for _ in stay), last, back]
    times = [leave, arrive, *stay, depart, home]
    paid = [
        account.buys(time, account.usual * shop.level * between(draw, 0.5, at_usual), shop)
        for time, shop in zip(times, shops, strict=True)
    ]
    if kind == "holiday_abroad":
        web, hotel = town.online, foreign_address(draw)
        paid += [
            account.orders(time + 7 * MINUTE, account.usual * between(draw, 0.3, 2), pick(draw, web), address=hotel)
            for time in stay[::4]
        ]
    return Episode(kind=kind, payments=paid, instead=[(account.id, leave - 2 * HOUR, home + 2 * HOUR)])


def _time(one: Terminal, other: Terminal) -> float:
    return fastest_way(_place(one), _place(other))


def _place(shop: Terminal) -> Place:
    assert shop.place, "those of a city have one"
    return shop.place


def _street(town: Town, account: Account) -> list[Terminal]:
    """Cheap shops that are near each other."""
    shops = town.cheap(account.city)
    first = pick(town.draw, shops)
    return sorted(shops, key=lambda one: distance_km(_place(one), _place(first)))[:STREET]


def vending_machine(town: Town, account: Account) -> Episode:
    """Several cheap things, one by one, at one machine or bar."""
    draw = town.draw
    shop, price = pick(draw, town.cheap(account.city)), between(draw, 0.8, 4.5)
    times = moments(draw, town.start(), int(draw.integers(3, 10)), 0.5 * MINUTE, 12 * MINUTE)
    bought = [account.buys(time, price * draw.choice([1, 1, 1.5, 2]), shop) for time in times]
    if draw.uniform() < 0.4:
        bought.append(account.buys(times[-1] + 40 * MINUTE, account.usual * between(draw, 0.6, 3), account.shops[0]))
    return Episode(kind="vending_machine", payments=bought, instead=[_around(bought)])


def evening_out(town: Town, account: Account) -> Episode:
    """Small payments from stall to stall or bar to bar, then supper or a taxi."""
    draw, stalls = town.draw, _street(town, account)
    times = moments(draw, town.start(17, 20), int(draw.integers(3, 8)), 8 * MINUTE, 50 * MINUTE)
    spent = [account.buys(time, between(draw, 2, 9), pick(draw, stalls)) for time in times]
    end = times[-1] + between(draw, 20, 90) * MINUTE
    spent.append(account.buys(end, between(draw, 15, 90), pick(draw, town.shops[account.city])))
    return Episode(kind="evening_out", payments=spent, instead=[_around(spent)])


def errands(town: Town, account: Account) -> Episode:
    """Parking, a coffee, a newspaper, and then the weekly shopping."""
    draw, stalls = town.draw, _street(town, account)
    times = moments(draw, town.start(8, 18), int(draw.integers(2, 5)), 4 * MINUTE, 20 * MINUTE)
    spent = [account.buys(time, between(draw, 1, 5), pick(draw, stalls)) for time in times]
    for _ in range(int(draw.integers(1, 3))):
        time = spent[-1].time + between(draw, 10, 40) * MINUTE
        spent.append(account.buys(time, account.usual * between(draw, 1, 4), pick(draw, account.shops)))
    return Episode(kind="errands", payments=spent, instead=[_around(spent)])


def furniture(town: Town, account: Account) -> Episode:
    """One large purchase with the account's own phone, at home or on the way."""
    draw = town.draw
    where = account.address if draw.uniform() < 0.5 else address(draw, MOBILE_ADDRESSES)
    amount = min(max(account.usual * between(draw, 6, 15), 150), 1_800)
    before = account.orders(between(draw, 1, town.warm_up) * DAY, account.usual, pick(draw, town.online))
    bought = [account.orders(town.start(), amount, pick(draw, town.online), address=where)]
    return Episode(kind="furniture", payments=bought, history=[before], instead=[_around(bought)])


def new_phone(town: Town, account: Account) -> Episode:
    """A new phone, used as the old one was: usual purchases and bills, at home and on the way."""
    draw, phone = town.draw, unknown_device(town.draw)
    begin = town.start(before_end=14)
    spent = list[Payment]()
    for time in moments(draw, begin, int(draw.integers(6, 13)), 2 * HOUR, 30 * HOUR):
        paid = purchase(draw, town, account, awake(time))
        if draw.uniform() < 0.3:
            payee = account.payees[int(draw.integers(len(account.payees)))]
            paid = account.sends(awake(time), payee.amount, payee.id)
        where = account.address if draw.uniform() < 0.6 else address(draw, MOBILE_ADDRESSES)
        spent.append(paid if paid.terminal and paid.terminal.place else paid._replace(device=phone, address=where))
    return Episode(kind="new_phone", payments=spent, instead=[(account.id, begin - HOUR, EVER)])


def _around(payments: list[Payment]) -> tuple[int, float, float]:
    return payments[0].account, payments[0].time - 1.5 * HOUR, payments[-1].time + 1.5 * HOUR
