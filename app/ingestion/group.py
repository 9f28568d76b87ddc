"""Writes the jobs of several requests in one transaction, each exactly once."""

import json
from collections.abc import Sequence

from django.db import DatabaseError, transaction
from django.utils import timezone
from transactions import ids
from transactions.committing import commit
from transactions.models import IdempotencyKey, Outcome, Transaction, User
from transactions.outcome_table import outcome_of
from transactions.payment_table import BATCH

from ingestion.jobs import Job, KeyReusedError, Result, UnknownError

ATTEMPTS = 3


def write(jobs: Sequence[Job], seconds: float) -> None:
    """Give each job its result. Raises DatabaseAwayError or DatabaseError for those that are left without one."""
    try:
        _Group(jobs).write(seconds)
    except DatabaseError:
        # One job's rows can fail all: an account that went meanwhile, a key that another replica wrote meanwhile.
        for job in jobs:
            if not job.result.done():
                _write_alone(job, seconds)


def _write_alone(job: Job, seconds: float) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _Group([job]).write(seconds)
            return
        except DatabaseError as error:
            if attempt == ATTEMPTS:
                job.result.set_exception(error)


class _Group:
    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = [job for job in jobs if not job.result.done()]
        self._keys: list[IdempotencyKey] = []
        self._outcomes: list[Outcome] = []

    def write(self, seconds: float) -> None:
        commit(self._write, self._committed, seconds=seconds)
        for job, key in zip(self._jobs, self._keys, strict=True):
            job.result.set_result(Result(key.answer, replayed=False))

    def _write(self) -> None:
        if not self._keys:
            self._settle_repeated()
            self._settle_unknown()
            self._number()
        if self._jobs:
            self._insert()

    def _committed(self) -> bool:
        """The first job tells, as all are committed together; no two answers have the same ids."""
        if not self._keys:
            return False
        first = self._keys[0]
        found = _answers([first.request_key]).get(first.request_key)
        return found is not None and found.answer == first.answer

    def _settle(self, job: Job, end: Result | Exception) -> None:
        self._jobs.remove(job)
        if isinstance(end, Result):
            job.result.set_result(end)
        else:
            job.result.set_exception(end)

    def _settle_repeated(self) -> None:
        known = _answers([job.key for job in self._jobs])
        for job in [job for job in self._jobs if job.key in known]:
            found = known[job.key]
            same = found.fingerprint == job.fingerprint
            self._settle(job, Result(found.answer, replayed=True) if same else KeyReusedError())

    def _settle_unknown(self) -> None:
        accounts = _known_accounts({row.account_id for job in self._jobs for row in job.payments})
        payments = _known_payments({told.payment for job in self._jobs for told in job.outcomes})
        for job in list(self._jobs):
            problems = [
                (index, "account_id", f"there is no account {row.account_id}")
                for index, row in enumerate(job.payments)
                if row.account_id not in accounts
            ] + [
                (index, "transaction_id", f"there is no payment {told.payment}")
                for index, told in enumerate(job.outcomes)
                if told.payment not in payments
            ]
            if problems:
                self._settle(job, UnknownError(problems))
        self._outcomes = [
            outcome_of(payments[told.payment], is_fraud=told.is_fraud, known_at=told.known_at)
            for job in self._jobs
            for told in job.outcomes
        ]

    def _number(self) -> None:
        """Ids and answers are fixed before the first attempt, so that a lost answer leaves no doubt."""
        payments = [row for job in self._jobs for row in job.payments]
        for row, number in zip(payments, ids.take(len(payments)) if payments else [], strict=True):
            row.pk = number
        outcomes = self._outcomes
        for row, number in zip(outcomes, ids.take(len(outcomes), Outcome) if outcomes else [], strict=True):
            row.pk = number
        told, now = iter(outcomes), timezone.now()
        self._keys = [
            IdempotencyKey(
                request_key=job.key,
                fingerprint=job.fingerprint,
                answer=_answer([row.pk for row in job.payments] or [next(told).pk for _ in job.outcomes]),
                created_at=now,
            )
            for job in self._jobs
        ]

    def _insert(self) -> None:
        with transaction.atomic():
            # In the order of the keys: two replicas with the same ones then wait for each other only once.
            keys = sorted(self._keys, key=lambda key: key.request_key)
            for key in keys:
                key.pk = None
            IdempotencyKey.objects.bulk_create(keys, batch_size=BATCH)
            Transaction.objects.bulk_create([row for job in self._jobs for row in job.payments], batch_size=BATCH)
            Outcome.objects.bulk_create(self._outcomes, batch_size=BATCH)


def _answer(numbers: list[int]) -> str:
    return json.dumps({"ids": numbers})


def _answers(keys: list[str]) -> dict[str, IdempotencyKey]:
    return {found.request_key: found for found in IdempotencyKey.objects.filter(request_key__in=keys)}


def _known_accounts(numbers: set[int]) -> set[int]:
    return set(User.objects.filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()


def _known_payments(numbers: set[int]) -> dict[int, Transaction]:
    return Transaction.objects.in_bulk(list(numbers)) if numbers else {}
