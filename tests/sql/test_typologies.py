"""The typologies on real Flink: each with its limits and with what only looks like it."""

from __future__ import annotations

import datetime
import itertools
import time
from decimal import Decimal
from typing import Any

import pytest

from tests.sql.conftest import Lab

pytestmark = pytest.mark.local
NUMBERS = itertools.count(1_700_000_000)
IDLE_SECONDS = 0.62
HOUR, DAY = 3_600.0, 86_400.0


def place(latitude: str, longitude: str) -> dict[str, Any]:
    return {"LATITUDE": Decimal(f"{latitude}000"), "LONGITUDE": Decimal(f"{longitude}000")}


ZURICH, GENEVA = place("47.37", "8.54"), place("46.20", "6.15")
TOKYO, YOKOHAMA = place("35.68", "139.69"), place("35.44", "139.64")
AUCKLAND, SUVA, APIA = place("-36.85", "174.76"), place("-18.14", "178.44"), place("-13.83", "-171.77")


def broken(lab: Lab, rule: str, account: int) -> list[int]:
    """The payments that broke it, in order."""
    lab.settle()
    return [alert["transaction_id"] for alert in lab.alerts[account] if alert["rule_id"] == rule]


def reason(lab: Lab, rule: str, account: int) -> str:
    return next(alert["reason"] for alert in lab.alerts[account] if alert["rule_id"] == rule)


def known(lab: Lab, **columns: Any) -> int:
    """An account that paid 20.00 five times, an hour apart."""
    account = lab.user()
    for _ in range(5):
        lab.pay(account, "20.00", after=HOUR, **columns)
    return account


def test_a_place_that_nobody_reaches_in_time_is_told_with_distance_and_time(lab: Lab) -> None:
    account = known(lab, **ZURICH)
    theft = lab.pay(account, "20.00", after=1_800, **TOKYO)
    assert broken(lab, "impossible_travel", account) == [theft]
    assert reason(lab, "impossible_travel", account) == "9580 km from the payment before, 30 minutes apart"


@pytest.mark.parametrize("places", [1, 2, 3])
def test_a_young_account_has_few_places_to_come_back_to(lab: Lab, places: int) -> None:
    account = lab.user()
    for _ in range(places):
        lab.pay(account, "20.00", after=HOUR, **ZURICH)
    theft = lab.pay(account, "20.00", after=1_800, **TOKYO)
    lab.pay(account, "20.00", after=1_800, **ZURICH)
    assert broken(lab, "impossible_travel", account) == [theft], "and the way home is none"


def test_nobody_drives_from_one_town_to_another_in_half_an_hour(lab: Lab) -> None:
    account = known(lab, **ZURICH)
    theft = lab.pay(account, "20.00", after=1_800, **GENEVA)
    assert broken(lab, "impossible_travel", account) == [theft], "224 km, at 449 km/h"


def test_the_way_home_after_a_theft_is_not_strange_but_a_flight_that_never_was_is(lab: Lab) -> None:
    stolen = known(lab, **ZURICH)
    theft = lab.pay(stolen, "20.00", after=1_800, **TOKYO)
    lab.pay(stolen, "20.00", after=1_800, **YOKOHAMA)
    lab.pay(stolen, "20.00", after=1_800, **place("47.30", "8.50"))
    travelled = known(lab, **ZURICH)
    lab.pay(travelled, "20.00", after=11 * HOUR, **TOKYO)
    home = lab.pay(travelled, "20.00", after=HOUR, **ZURICH)
    assert broken(lab, "impossible_travel", stolen) == [theft]
    assert broken(lab, "impossible_travel", travelled) == [home], "nobody can be back an hour later"


@pytest.mark.parametrize(
    ("where", "hours"),
    [(TOKYO, 11), (GENEVA, 0.6), (place("47.00", "8.00"), 0.01)],
    ids=["as fast as a plane", "as fast as a train", "nearer than 100 km"],
)
def test_a_journey_that_can_be_made_breaks_no_rule(lab: Lab, where: dict[str, Any], hours: float) -> None:
    account = known(lab, **ZURICH)
    lab.pay(account, "20.00", after=hours * HOUR, **where)
    assert broken(lab, "impossible_travel", account) == []


def test_payments_without_a_place_are_passed_over(lab: Lab) -> None:
    account = known(lab, **ZURICH)
    for _ in range(3):
        lab.pay(account, "20.00", after=60)
    lab.pay(account, "20.00", after=60, LATITUDE=TOKYO["LATITUDE"])
    theft = lab.pay(account, "20.00", after=60, **TOKYO)
    assert broken(lab, "impossible_travel", account) == [theft]


def test_the_date_line_is_no_distance(lab: Lab) -> None:
    account = known(lab, **SUVA)
    lab.pay(account, "20.00", after=1.5 * HOUR, **APIA)
    near = broken(lab, "impossible_travel", account)
    far = lab.pay(account, "20.00", after=0.5 * HOUR, **AUCKLAND)
    assert (near, broken(lab, "impossible_travel", account)) == ([], [far]), "1,151 km, then 2,888"


def test_a_card_is_tried_out_at_several_terminals_before_it_is_used(lab: Lab) -> None:
    account = known(lab)
    payments = [lab.pay(account, "1.00", after=60, TERMINAL_ID=till) for till in ("a", "b", "b", "c")]
    use = lab.pay(account, "300.00", after=60, TERMINAL_ID="d")
    assert broken(lab, "card_testing", account) == [payments[-1], use]
    lab.pay(account, "15.00", after=60, TERMINAL_ID="a")
    later = lab.pay(account, "300.00", after=2 * HOUR, TERMINAL_ID="d")
    assert later not in broken(lab, "card_testing", account)
    told = "3 payments of at most 2.50 at different terminals within 60 minutes"
    assert reason(lab, "card_testing", account) == told
    assert lab.alerts[account][-1]["reason"] == f"{told}, then one of 300.00"


@pytest.mark.parametrize(
    ("amount", "tills", "after"),
    [("1.50", "aaaaa", 60), ("1.50", "abab", 60), ("2.51", "abcd", 60), ("1.50", "abc", 1_801)],
    ids=["one machine", "two machines", "not tiny", "over an hour"],
)
def test_small_payments_of_every_day_try_out_no_card(lab: Lab, amount: str, tills: str, after: float) -> None:
    account = known(lab)
    for till in tills:
        lab.pay(account, amount, after=after, TERMINAL_ID=till)
    lab.pay(account, "300.00", after=60, TERMINAL_ID="z")
    assert broken(lab, "card_testing", account) == []


@pytest.mark.parametrize(
    ("amounts", "after", "breaks"),
    [
        (("950.00", "980.00", "999.99"), 8 * HOUR, True),
        (("800.00", "9500.00", "80000.00"), 8 * HOUR, True),
        (("950.00", "980.00", "999.99"), 12.1 * HOUR, False),
        (("950.00", "1000.00", "980.00"), HOUR, False),
        (("950.00", "799.99", "980.00"), HOUR, False),
        (("95.00", "98.00", "99.00"), HOUR, False),
    ],
)
def test_structuring_is_three_payments_a_day_just_under_a_limit(
    lab: Lab, amounts: tuple[str, ...], after: float, breaks: bool
) -> None:
    account = known(lab)
    payments = [lab.pay(account, amount, after=after) for amount in amounts]
    assert broken(lab, "structuring", account) == ([payments[-1]] if breaks else [])


@pytest.mark.parametrize(
    ("days", "amount", "breaks"),
    [(46, "70.00", True), (46, "59.00", False), (44, "70.00", False), (900, "70.00", True)],
)
def test_an_account_that_wakes_up_with_a_large_payment(lab: Lab, days: float, amount: str, breaks: bool) -> None:
    account, then = lab.user(), lab.now - datetime.timedelta(days=days)
    for number in range(5):
        at = then - datetime.timedelta(hours=number)
        lab.send_payment(next(NUMBERS), account, "20.00", at, "10.0.0.1")
    payment = lab.pay(account, amount)
    lab.pay(account, "20.00", after=60)
    assert broken(lab, "dormant_account", account) == ([payment] if breaks else [])
    if breaks:
        told = f"{amount} after {days} days without a payment, 3.5 times the usual 20.00"
        assert reason(lab, "dormant_account", account) == told


def test_a_payment_that_arrives_late_wakes_no_account(lab: Lab) -> None:
    account = known(lab)
    lab.send_payment(next(NUMBERS), account, "90.00", lab.now - datetime.timedelta(days=200), "10.0.0.1")
    lab.pay(account, "90.00")
    assert broken(lab, "dormant_account", account) == []


PHONE: dict[str, Any] = {"DEVICE_ID": "phone"}
NEW_PHONE: dict[str, Any] = {"DEVICE_ID": "new phone"}


def test_a_new_device_at_a_new_address_that_pays_much(lab: Lab) -> None:
    account = known(lab, **PHONE)
    first = lab.pay(account, "10.00", after=60, address="10.9.9.9", **NEW_PHONE)
    theft = lab.pay(account, "60.00", after=60, address="10.9.9.9", **NEW_PHONE)
    own = lab.pay(account, "60.00", after=60, **PHONE)
    later = lab.pay(account, "60.00", after=DAY, address="10.9.9.9", **NEW_PHONE)
    assert broken(lab, "new_device", account) == [theft], f"not {first}, {own}, {later}"
    told = "a device and an address that the account had not used until 1 minutes ago, 3."
    assert reason(lab, "new_device", account).startswith(told)


@pytest.mark.parametrize(
    ("columns", "amount", "address"),
    [
        (NEW_PHONE, "60.00", "10.0.0.1"),
        (PHONE, "60.00", "10.9.9.9"),
        (NEW_PHONE, "50.00", "10.9.9.9"),
        ({}, "60.00", "10.9.9.9"),
    ],
    ids=["at home", "the same device", "about the usual amount", "no device"],
)
def test_a_new_device_alone_is_no_fraud(lab: Lab, columns: dict[str, Any], amount: str, address: str) -> None:
    account = known(lab, **PHONE)
    lab.pay(account, amount, after=60, address=address, **columns)
    assert broken(lab, "new_device", account) == []


def test_each_new_device_counts_with_its_own_address(lab: Lab) -> None:
    """Also when it is dated before the one that came from a new address."""
    account = known(lab, **PHONE)
    lab.pay(account, "10.00", after=60, address="10.9.9.9", **NEW_PHONE)
    lab.pay(account, "60.00", after=-30, DEVICE_ID="new tablet")
    assert broken(lab, "new_device", account) == []


def test_the_first_device_of_an_account_is_not_new(lab: Lab) -> None:
    account = known(lab)
    lab.pay(account, "60.00", after=60, address="10.9.9.9", **PHONE)
    assert broken(lab, "new_device", account) == []


def test_takeover_is_a_new_device_that_pays_an_account_never_paid_before(lab: Lab) -> None:
    account, friend, thief = known(lab, **PHONE), lab.user(), lab.user()
    lab.pay(account, "60.00", after=60, PAYEE_ACCOUNT_ID=friend, **PHONE)
    lab.pay(account, "60.00", after=2 * DAY, PAYEE_ACCOUNT_ID=friend, **NEW_PHONE)
    theft = lab.pay(account, "90.00", after=60, PAYEE_ACCOUNT_ID=thief, **NEW_PHONE)
    lab.pay(account, "90.00", after=60, PAYEE_ACCOUNT_ID=thief, **PHONE)
    lab.pay(account, "5.00", after=60, PAYEE_ACCOUNT_ID=lab.user(), **NEW_PHONE)
    assert broken(lab, "account_takeover", account) == [theft]
    told = "90.00 to an account never paid before, from a device that is 1 minutes old here"
    assert reason(lab, "account_takeover", account) == told


def test_a_mule_passes_on_what_several_accounts_paid_in(lab: Lab) -> None:
    mule, boss = known(lab), lab.user()
    for sender in ("250.00", "250.00", "250.00"):
        lab.pay(known(lab), sender, after=60, PAYEE_ACCOUNT_ID=mule)
    part = lab.pay(mule, "400.00", after=HOUR, PAYEE_ACCOUNT_ID=boss)
    rest = lab.pay(mule, "300.00", after=60, PAYEE_ACCOUNT_ID=boss)
    assert broken(lab, "mule_account", mule) == [rest], f"{part} is half of it"
    assert reason(lab, "mule_account", mule) == (
        "750.00 from 3 accounts within 24 hours, of which 700.00 went on, to accounts first paid then"
    )


def test_no_transfer_is_lost_after_a_pause(lab: Lab) -> None:
    """Flink takes a source for idle after half a second; 38 of 60 mules were lost when it woke up."""
    mules, boss = [lab.user() for _ in range(8)], lab.user()
    for mule in mules:
        for _ in range(3):
            time.sleep(IDLE_SECONDS)
            lab.pay(lab.user(), "200.00", after=60, PAYEE_ACCOUNT_ID=mule)
        lab.pay(mule, "600.00", after=60, PAYEE_ACCOUNT_ID=boss)
    lab.settle()
    assert [mule for mule in mules if "mule_account" not in lab.rules(mule)] == []


@pytest.mark.parametrize("same", ["landlord", "sender", "to itself", "spent"])
def test_pooled_money_is_no_mule(lab: Lab, same: str) -> None:
    """The rent of flatmates, the same sender, a transfer to oneself, and what is spent at a shop."""
    account, payee = known(lab), lab.user()
    if same == "landlord":
        lab.pay(account, "20.00", PAYEE_ACCOUNT_ID=payee)
        lab.now += datetime.timedelta(days=2)
    senders = [known(lab) for _ in range(3)]
    for sender in senders:
        lab.pay(senders[0] if same == "sender" else sender, "250.00", after=60, PAYEE_ACCOUNT_ID=account)
    to = {"to itself": {"PAYEE_ACCOUNT_ID": account}, "spent": {"TERMINAL_ID": "shop"}}
    lab.pay(account, "700.00", after=HOUR, **to.get(same, {"PAYEE_ACCOUNT_ID": payee}))
    assert broken(lab, "mule_account", account) == []
