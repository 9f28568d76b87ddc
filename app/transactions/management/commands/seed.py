"""`manage.py seed`."""

import datetime
import random

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from transactions import payments, tables
from transactions.models import Outcome, Transaction, User
from transactions.payment_table import PaymentTable

FIRST = ("Ada", "Alan", "Barbara", "Claude", "Edsger", "Frances", "Grace", "John", "Katherine", "Radia")
LAST = ("Allen", "Backus", "Dijkstra", "Hopper", "Johnson", "Liskov", "Lovelace", "Perlman", "Shannon", "Turing")


class Command(BaseCommand):
    help = "Create users up to the wanted number. Keeps existing users."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=int, default=1000, help="total number of users (default: 1000)")
        parser.add_argument(
            "--first-payment",
            action="store_true",
            help="make one payment and its outcome if there are none: change data capture learns a table's schema from "
            "its first row",
        )
        parser.add_argument("--seed", type=int, default=1, help="seed of the names (default: 1)")

    def handle(self, *_args: object, users: int, seed: int, first_payment: bool, **_options: object) -> None:
        try:
            tables.ensure()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        have = User.objects.count()
        source = random.Random(seed)  # noqa: S311 - names
        password = make_password(None)  # nobody can log in
        now = timezone.now()
        rows = [_user(source, number, password, now) for number in range(1, users + 1)]
        User.objects.bulk_create(rows[have:], batch_size=1000)
        if first_payment and not Transaction.objects.exists():
            PaymentTable().add([payments.normal(source, User.objects.earliest("id").pk)])
        if first_payment and not Outcome.objects.exists():
            _genuine(Transaction.objects.earliest("id"), now)
        self.stdout.write(f"{max(users, have)} users, {max(0, users - have)} of them new")


def _genuine(payment: Transaction, now: datetime.datetime) -> None:
    Outcome.objects.create(
        transaction_id=payment.pk,
        account_id=payment.account_id,
        terminal_id=payment.terminal_id,
        amount=payment.amount,
        is_fraud=False,
        known_at=now,
    )


def _user(source: random.Random, number: int, password: str, joined: object) -> User:
    first, last = source.choice(FIRST), source.choice(LAST)
    name = f"{first}.{last}.{number}".lower()
    return User(
        username=name,
        first_name=first,
        last_name=last,
        email=f"{name}@example.com",
        password=password,
        date_joined=joined,
    )
