"""`manage.py commit_fraud KIND`."""

import json
import random

from django.core.management.base import BaseCommand, CommandError, CommandParser

from transactions.errors import DatabaseAwayError, NoUsersError
from transactions.generator import commit_fraud
from transactions.models import User
from transactions.payment_table import PaymentTable
from transactions.payments import FRAUDS


class Command(BaseCommand):
    help = "Commit one fraud and print the ids of its payments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(FRAUDS))
        parser.add_argument("--account", type=int, help="id of the user; default: a random one")
        parser.add_argument("--seed", type=int, help="the same seed makes the same payments")

    def handle(self, *_args: object, **options: object) -> None:
        account, seed = options["account"], options["seed"]
        source = random.Random(seed if isinstance(seed, int) else None)  # noqa: S311
        try:
            rows = commit_fraud(
                PaymentTable(), str(options["kind"]), source, account if isinstance(account, int) else None
            )
        except User.DoesNotExist as error:
            raise CommandError(f"No such user: {error}") from None
        except (NoUsersError, DatabaseAwayError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps({"fraud": options["kind"], "transactions": [row.pk for row in rows]}))
