"""The payments that have come since one last looked, in whatever order they were committed."""

from typing import Any

from transactions.models import Transaction

SHOWN = 20
LATE_IDS = 2_000
"""Ids are taken before a commit, so a payment may appear after one with a higher id: at 200 payments a second up to ten
seconds later. One that is later still is neither counted nor shown."""


class Payments:
    """Counts payments: all that were there at the first look, then each as it appears."""

    def __init__(self) -> None:
        self.total = 0
        self._seen: set[int] = set()
        self._floor: int | None = None  # ids up to here are counted

    def new(self) -> list[dict[str, Any]]:
        """The newest payments that no earlier call returned, `SHOWN` at most, lowest id first; counts them all."""
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
