"""A folder of labelled payments in the order of time, as `quality/scenario.py` writes it."""

import csv
import datetime
import functools
import json
import random
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from transactions.models import Outcome, User
from transactions.payments import Payment, home

ABOUT, PAYMENTS, OUTCOMES = "scenario.json", "transactions.csv", "labels_delayed.csv"


class Told(NamedTuple):
    """An outcome of the payment in row `payment` of transactions.csv, without that payment's id."""

    payment: int
    outcome: Outcome


class Scenario:
    """Customers are numbered from 0, and so are the payments; payees who are no customers have higher numbers.

    Until `live_from` it is history. The alerts on the first `unjudged` payments do not count.
    """

    def __init__(self, folder: Path) -> None:
        """Raises RuntimeError when there are fewer users than customers."""
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        self.live_from = datetime.datetime.fromisoformat(about["live_from"])
        self.unjudged: int = about["unjudged"]
        self._folder = folder
        self._customers: int = about["customers"]
        self._users = list(User.objects.order_by("id").values_list("id", flat=True))
        if len(self._users) < self._customers:
            raise RuntimeError(
                f"The scenario has {self._customers} customers and the database {len(self._users)} users: "
                f"run `manage.py seed --users {self._customers}` first."
            )

    def payments(self) -> Iterator[Payment]:
        for row in self._rows(PAYMENTS):
            account = self._account(row["customer_id"])
            yield Payment(
                account,
                Decimal(row["amount"]),
                row["ip_address"] or _address(account),
                terminal=row["terminal_id"] or None,
                device=row["device_id"] or None,
                latitude=_degrees(row["latitude"]),
                longitude=_degrees(row["longitude"]),
                payee=self._account(row["payee_id"]) if row["payee_id"] else None,
                time=datetime.datetime.fromisoformat(row["tx_time"]),
            )

    def outcomes(self) -> Iterator[Told]:
        for row in self._rows(OUTCOMES):
            outcome = Outcome(
                account_id=self._account(row["customer_id"]),
                terminal_id=row["terminal_id"] or None,
                amount=Decimal(row["amount"]),
                is_fraud=row["is_fraud"] == "1",
                known_at=datetime.datetime.fromisoformat(row["known_at"]),
            )
            yield Told(int(row["transaction_id"]), outcome)

    def _rows(self, name: str) -> Iterator[Mapping[str, str]]:
        with (self._folder / name).open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)

    def _account(self, number: str) -> int:
        """A customer is a user; whoever is no customer gets an id that no user has."""
        found = int(number)
        return self._users[found] if found < self._customers else self._users[-1] + 1 + found - self._customers


@functools.cache
def _address(account: int) -> str:
    """The account's own, at home: payments by card have none in the files."""
    return home(random.Random(account))  # noqa: S311 - a simulation


def _degrees(text: str) -> Decimal | None:
    return Decimal(text) if text else None
