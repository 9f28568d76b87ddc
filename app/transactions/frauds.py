"""Commits every kind of fraud, by an account that suits it."""

import random

from django.db.models import Exists, OuterRef

from transactions.errors import NoUsersError
from transactions.generator import REQUEST_SECONDS, log_fraud
from transactions.models import Transaction, User
from transactions.payment_table import PaymentTable
from transactions.payments import FRAUDS
from transactions.typologies import TYPOLOGIES, Fraud, Make

CANDIDATES = 200
"""So many accounts are looked at for one that never paid."""


class NoSuitableAccountError(Exception):
    """No account is fit for this kind of fraud; the message says why."""


def _by_one(kind: str) -> Make:
    return lambda source, accounts: FRAUDS[kind](source, accounts[0])


KINDS: dict[str, Fraud] = {kind: Fraud(_by_one(kind)) for kind in FRAUDS} | TYPOLOGIES
"""Every kind of fraud that the app can commit, by the id of the rule that it breaks."""


def commit(
    payments: PaymentTable, kind: str, source: random.Random, account: int | None = None
) -> tuple[int, list[Transaction]]:
    """Commit a fraud, by a random account unless `account` is given. Returns the account and the payments.

    Raises KeyError for an unknown kind, User.DoesNotExist for an unknown account, NoUsersError without users,
    NoSuitableAccountError, and DatabaseAwayError when the database does not answer.
    """
    fraud = KINDS[kind]
    if account is not None:
        User.objects.only("pk").get(pk=account)
    elif fraud.silent:
        account = _silent(source)
    accounts = [] if account is None else [account]
    accounts += [other for other in _some(source, fraud.accounts + 1) if other != account]
    if len(accounts) < fraud.accounts:
        raise NoSuitableAccountError(
            f"{kind} needs {fraud.accounts} accounts and there are {len(accounts)}: run `manage.py seed` first."
        )
    rows = payments.add(fraud.make(source, accounts[: fraud.accounts]), seconds=REQUEST_SECONDS)
    log_fraud(kind, rows)
    return accounts[0], rows


def _some(source: random.Random, count: int) -> list[int]:
    """Ids of accounts from a random place on, in random order. Reads no more than it returns."""
    users = User.objects.order_by("pk").values_list("pk", flat=True)
    least, most = users.first(), users.last()  # Oracle reads a whole index for MIN and MAX in one query
    if least is None or most is None:
        raise NoUsersError
    start = source.randint(least, most)
    found = list(users.filter(pk__gte=start)[:count])
    if len(found) < count:
        found += list(users.filter(pk__lt=start)[: count - len(found)])
    source.shuffle(found)
    return found


def _silent(source: random.Random) -> int:
    paid = Exists(Transaction.objects.filter(account_id=OuterRef("pk")))
    found = User.objects.filter(~paid, pk__in=_some(source, CANDIDATES)).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuitableAccountError(
            f"A silent account must not have paid before, and all {CANDIDATES} accounts that were looked at have. "
            "Give an account that never paid, or seed more users."
        )
    return found
