"""The rows of the bench of the state: accounts that use all that the statement remembers of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from components.contracts import AUTH_USER, PAYMENT_OUTCOME, USER_TRANSACTION, Table

Row = tuple[Table, dict[str, Any]]

IDS = 65_524
"""So many ids are remembered, to know a repetition. The alerts that are remembered are as many, or not many more."""
DEVICES, ADDRESSES = 3, 5
TERMINAL_STEP, PAYEE_STEP = 7, 13
NEAR_LIMIT, TRANSFER, TINY, USUAL = Decimal("850.00"), Decimal("19.90"), Decimal("1.50"), Decimal("23.40")
"""The first is an alert, as it is many times the usual amount and just under a round one."""
AMOUNTS = (USUAL,) * 5 + (TRANSFER, TINY, USUAL) * 6 + (TRANSFER,) * 2
"""An account's payments: they fill the rings that the statement keeps, of up to 6 payments of a kind and 20 of all."""
EACH = len(AMOUNTS)
ALERTED, NEAR_PAYMENTS, LARGE_EVERY = 10, 5, 20
"""One in so many accounts has alerts: it begins with so many payments just under a limit; later, one in so many is."""
TOLD_EVERY, FRAUD_EVERY = 6, 100
START, FILLING_START = (datetime.datetime(year, 1, 1, tzinfo=datetime.UTC) for year in (2026, 2018))
HALF_DAY, HOUR = datetime.timedelta(hours=12), datetime.timedelta(hours=1)


def filling() -> Iterator[Row]:
    """One account whose payments fill what does not depend on the number of accounts: ids, and the last alerts."""
    for number in range(1, IDS + 1):
        at = FILLING_START + HOUR * number
        paid = {"ID": number, "ACCOUNT_ID": -1, "AMOUNT": NEAR_LIMIT, "RECEIVED_AT": at, "IP_ADDRESS": "10.0.0.1"}
        yield USER_TRANSACTION, paid
        yield PAYMENT_OUTCOME, _outcome(number, -1, None, NEAR_LIMIT, at, fraud=False)


def users(keys: int) -> Iterator[Row]:
    for number in range(1, keys + 1):
        name = f"user{number}"
        yield AUTH_USER, {"ID": number, "USERNAME": name, "EMAIL": f"{name}@example.com"}


def batch(keys: int, number: int) -> Iterator[Row]:
    """EACH payments of each account, and what became known of some; the accounts pay in turn, every half day."""
    first = IDS + 1 + number * EACH * keys
    for turn in range(EACH):
        at = START + HALF_DAY * (number * EACH + turn)
        for account in range(1, keys + 1):
            payment = first + turn * keys + account - 1
            row = _payment(payment, account, keys, turn, later=number > 0)
            row["RECEIVED_AT"] = at + datetime.timedelta(milliseconds=account * 400)
            yield USER_TRANSACTION, row
            if turn % TOLD_EVERY == 0:
                fraud = account % FRAUD_EVERY == 0
                yield PAYMENT_OUTCOME, _outcome(payment, account, row["TERMINAL_ID"], row["AMOUNT"], at, fraud=fraud)


def moved(keys: int) -> Iterator[Row]:
    """A payment of each account by a device and from an address that it never used."""
    first, at = IDS + 1 + 2 * EACH * keys, START + HALF_DAY * 2 * EACH
    for account in range(1, keys + 1):
        row = _payment(first + account, account, keys, EACH - 3, later=False)
        address = f"10.255.{account // 200 % 200}.{account % 200}"
        yield (
            USER_TRANSACTION,
            {**row, "RECEIVED_AT": at, "IP_ADDRESS": address, "DEVICE_ID": f"device-{account}-{DEVICES}"},
        )


def _payment(number: int, account: int, keys: int, turn: int, *, later: bool) -> dict[str, Any]:
    near = (account // ALERTED + turn) % LARGE_EVERY == 0 if later else turn < NEAR_PAYMENTS
    amount = NEAR_LIMIT if near and account % ALERTED == 0 else AMOUNTS[turn]
    row = {
        "ID": number,
        "ACCOUNT_ID": account,
        "AMOUNT": amount,
        "IP_ADDRESS": f"10.{account % 200}.{account // 200 % 200}.{turn % ADDRESSES}",
        "DEVICE_ID": f"device-{account}-{turn % DEVICES}",
    }
    if amount == TRANSFER:
        # Each account is paid as often as it pays.
        payee = (account + turn * PAYEE_STEP) % keys + 1
        return {**row, "TERMINAL_ID": None, "PAYEE_ACCOUNT_ID": payee}
    place = {"LATITUDE": Decimal(4000 + account % 1000) / 100, "LONGITUDE": Decimal(turn) / 1000}
    return {**row, **place, "TERMINAL_ID": f"till-{(account + turn * TERMINAL_STEP) % keys}"}


def _outcome(
    payment: int, account: int, terminal: str | None, amount: Decimal, at: datetime.datetime, *, fraud: bool
) -> dict[str, Any]:
    return {
        "ID": payment,
        "TRANSACTION_ID": payment,
        "ACCOUNT_ID": account,
        "TERMINAL_ID": terminal,
        "AMOUNT": amount,
        "IS_FRAUD": int(fraud),
        "KNOWN_AT": at,
    }
