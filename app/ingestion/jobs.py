"""What a request asks to be written, and how that can end."""

import datetime
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import NamedTuple

from transactions.models import Transaction


class Told(NamedTuple):
    """What became known about a payment."""

    payment: int
    is_fraud: bool
    known_at: datetime.datetime


class Result(NamedTuple):
    answer: str
    replayed: bool


@dataclass(eq=False)
class Job:
    """`key` and `fingerprint` identify the request. It writes payments or outcomes, all or none."""

    key: str
    fingerprint: str
    payments: list[Transaction] = field(default_factory=list[Transaction])
    outcomes: list[Told] = field(default_factory=list[Told])
    result: "Future[Result]" = field(default_factory=Future[Result])

    @property
    def size(self) -> int:
        return len(self.payments) + len(self.outcomes)


class KeyReusedError(Exception):
    """The key belongs to another request."""


class InProgressError(Exception):
    """A request with this key has no result yet."""


class FullError(Exception):
    """Too many rows wait to be written."""


class UnknownError(Exception):
    """Rows refer to accounts or payments that do not exist; `problems` are their places with a sentence each."""

    def __init__(self, problems: list[tuple[int, str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems
