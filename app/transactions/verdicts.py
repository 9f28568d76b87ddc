"""Precision and recall of the alerts, as the outcomes of payments become known."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from transactions.models import Outcome

MOST = 100_000
"""Of outcomes and of payments with an alert, the newest so many count."""
LATE_IDS = 500
"""An outcome takes its id before its commit, so it may appear after one with a higher id."""


class Verdicts:
    """Compares alerts with the outcomes in the database, of payments from the one with the id `first()` on.

    Without `first` that is the oldest payment with an alert: the alerts of earlier ones may have left the topic.
    """

    def __init__(self, first: Callable[[], int | None] | None = None) -> None:
        self._first = first
        self._rules: dict[int, set[str]] = {}  # of the alerts, by payment
        self._frauds: dict[int, bool] = {}  # whether it is one, by payment
        self._floor: int | None = None  # ids up to here are read
        self._changed = False
        self._figures: dict[str, Any] | None = None
        self._lock = threading.Lock()

    def alert(self, payment: int, rule: str) -> None:
        with self._lock:
            self._rules.setdefault(payment, set()).add(rule)
            _forget_oldest(self._rules)
            self._changed = True

    def look(self) -> None:
        """Read the new outcomes. The last outcome of a payment counts."""
        if self._floor is None:
            newest = Outcome.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            self._floor = newest - MOST
        rows = Outcome.objects.filter(pk__gt=self._floor).order_by("pk").values_list("pk", "transaction_id", "is_fraud")
        for number, payment, is_fraud in rows.iterator():
            self._floor = max(self._floor, number - LATE_IDS)
            if self._frauds.get(payment) is not is_fraud:
                self._frauds.pop(payment, None)
                self._frauds[payment] = is_fraud
                self._changed = True
        _forget_oldest(self._frauds)
        if self._changed:
            self._figures = self._counted()

    def known(self, payments: Iterable[int]) -> dict[int, bool]:
        """Whether they were frauds, of the payments whose outcome was read."""
        return {one: self._frauds[one] for one in payments if one in self._frauds}

    def figures(self) -> dict[str, Any] | None:
        """Of payments with an outcome, from the one with the id `first` on. `frauds` are those among the `payments`,
        `alerts` the payments with an alert, `hits` the frauds among these: of any rule, and of each. None while nothing
        is known.
        """
        return self._figures

    def _counted(self) -> dict[str, Any] | None:
        with self._lock:
            self._changed = False
            rules = {payment: tuple(found) for payment, found in self._rules.items()}
        first = self._first() if self._first else min(rules, default=None)
        known = {} if first is None else {one: fraud for one, fraud in self._frauds.items() if one >= first}
        if not known:
            return None
        alerts, hits = Counter[str](), Counter[str]()
        judged = rules.keys() & known.keys()
        for payment in judged:
            alerts.update(rules[payment])
            if known[payment]:
                hits.update(rules[payment])
        return {
            "first": first,
            "payments": len(known),
            "frauds": sum(known.values()),
            "alerts": len(judged),
            "hits": sum(known[payment] for payment in judged),
            "by_rule": {rule: {"alerts": count, "hits": hits[rule]} for rule, count in sorted(alerts.items())},
        }


def _forget_oldest(found: dict[int, Any]) -> None:
    while len(found) > MOST:
        del found[next(iter(found))]
