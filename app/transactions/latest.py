"""Finds the payments that are new since the last look, in whatever order they were committed."""

from typing import Any

from transactions.models import Transaction

SHOWN = 20
LATE_IDS = 2_000
"""A payment takes its id before its commit, so it may appear after one with a higher id: at 200 payments a second up to
ten seconds later. The app does not count or show a payment that is even later."""


class Payments:
    """Counts payments, those from before the first look included."""

    def __init__(self) -> None:
        self.total = 0
        self._seen: set[int] = set()
        self._floor: int | None = None  # ids up to here are counted

    def new(self) -> list[dict[str, Any]]:
        """Count the new payments and return the newest of them, lowest id first."""
        floor = self._first_look() if self._floor is None else self._floor
        found = set(Transaction.objects.filter(pk__gt=floor).values_list("pk", flat=True)) - self._seen
        self.total += len(found)
        self._seen |= found
        self._floor = floor = max([floor, *(number - LATE_IDS for number in found)])
        self._seen = {number for number in self._seen if number > floor}
        return list(
            Transaction.objects.filter(pk__in=sorted(found)[-SHOWN:])
            .order_by("pk")
            .values("id", "account_id", "amount", "received_at", "ip_address")
        )

    def _first_look(self) -> int:
        newest = Transaction.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.total = Transaction.objects.filter(pk__lte=newest - LATE_IDS).count()
        return newest - LATE_IDS
