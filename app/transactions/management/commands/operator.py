"""`manage.py operator`."""

import getpass
import json
import re
import sys

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from fraudapp.operators import NAME, NAME_WORDS


class Command(BaseCommand):
    help = (
        "Ask for an operator's password and print the value of OPERATORS with him in it: the present operators, and "
        "this one. Without a terminal the password is read from the first line of standard input."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=NAME_WORDS)

    def handle(self, *_args: object, name: str, **_options: object) -> None:
        if not re.fullmatch(NAME, name):
            raise CommandError(f"The name {name!r} is not allowed; use {NAME_WORDS}.")
        password = _typed() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(json.dumps({**settings.OPERATORS, name: make_password(password)}))


def _typed() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ; run the command again.")
    return password
