"""Whose turn it is to pay: each account once in a round, without holding all of them."""

import contextlib
import random
import threading
import time

from transactions.errors import NoUsersError
from transactions.models import User

BLOCK = 5_000
"""So many accounts are read together, and pay in random order."""
BLOCKED_SECONDS = 3_600.0
"""An account pays nothing for so long after a fraud, as with a blocked card. Its owner's payments in the window of a
burst would be alerts too.
"""


class Turns:
    """A round begins anywhere among the ids and goes once around them; random accounts would pay in bursts by chance.

    Every method may raise a database error, and can then be called again.
    """

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self._block: list[int] = []
        self._start = 0
        self._reached: int | None = None  # the highest id of the round that was read; None between rounds
        self._wrapped = False
        self._blocked_until: dict[int, float] = {}
        self._lock = threading.Lock()

    def next(self) -> int:
        """The next account. Raises NoUsersError."""
        rounds = 0
        while not self._block:
            free = self._read()
            rounds += self._reached is None
            if rounds > 1:  # all are blocked
                with self._lock:
                    self._blocked_until.clear()
            self._block = self._source.sample(free, len(free))
        return self._block.pop()

    def block(self, account: int) -> None:
        """Give the account no turn for a while. Any thread may call this."""
        now = time.monotonic()
        with self._lock:
            self._blocked_until = {one: until for one, until in self._blocked_until.items() if until > now}
            self._blocked_until[account] = now + BLOCKED_SECONDS
        with contextlib.suppress(ValueError):
            self._block.remove(account)

    def _read(self) -> list[int]:
        """The accounts of the next block that are not blocked; none at the end of a round."""
        if self._reached is None:
            self._start = anybody(self._source)
            self._reached, self._wrapped = self._start - 1, False
        found = _ids_after(self._reached, self._start if self._wrapped else None)
        if found:
            self._reached = found[-1]
        elif self._wrapped:
            self._reached = None
        else:
            self._reached, self._wrapped = _before_all(), True
        now = time.monotonic()
        with self._lock:
            return [account for account in found if self._blocked_until.get(account, now) <= now]


def anybody(source: random.Random) -> int:
    """A random account, found by a random id: nothing reads all of them. Raises NoUsersError."""
    ids = User.objects.order_by("pk").values_list("pk", flat=True)
    first, last = ids.first(), ids.last()
    if first is None or last is None:
        raise NoUsersError
    found = ids.filter(pk__gte=source.randint(first, last)).first()
    return last if found is None else found


def _ids_after(reached: int, end: int | None) -> list[int]:
    users = User.objects.filter(pk__gt=reached)
    if end is not None:
        users = users.filter(pk__lt=end)
    return list(users.order_by("pk").values_list("pk", flat=True)[:BLOCK])


def _before_all() -> int:
    first = User.objects.order_by("pk").values_list("pk", flat=True).first()
    return -1 if first is None else first - 1
