"""`manage.py commit_fraud KIND`."""

import json
import random

from django.core.management.base import BaseCommand, CommandError, CommandParser

from transactions import frauds
from transactions.errors import DatabaseAwayError, NoUsersError
from transactions.models import User
from transactions.payment_table import PaymentTable


class Command(BaseCommand):
    help = "Commit one fraud and print the ids of its payments."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(frauds.KINDS))
        parser.add_argument("--account", type=int, help="id of the user; default: a random one")
        parser.add_argument("--seed", type=int, help="the same seed makes the same payments")

    def handle(self, *_args: object, **options: object) -> None:
        account, seed = options["account"], options["seed"]
        source = random.Random(seed if isinstance(seed, int) else None)  # noqa: S311
        try:
            chosen = account if isinstance(account, int) else None
            _, rows = frauds.commit(PaymentTable(), str(options["kind"]), source, chosen)
        except User.DoesNotExist as error:
            raise CommandError(f"No such user: {error}") from None
        except (NoUsersError, DatabaseAwayError, frauds.NoSuitableAccountError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps({"fraud": options["kind"], "transactions": [row.pk for row in rows]}))
