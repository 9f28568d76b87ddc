"""Rules of docs/detection.md in plain Python; tests compare the statement with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

WEIGHTS = {"burst_count": 40, "burst_amount": 50, "large_amount": 60, "foreign_address": 50, "structuring": 50}
LOOKED_AT = 20
DAY = 86_400_000


@dataclass(frozen=True, kw_only=True)
class Payment:
    """`received_at` (the application's clock) and `arrived` (the broker's) are milliseconds since 1970."""

    number: int
    account: int
    amount: Decimal
    address: str
    received_at: int
    arrived: int

    @property
    def at(self) -> int:
        return min(self.received_at, self.arrived)


@dataclass(frozen=True, kw_only=True)
class Rules:
    window_minutes: int
    burst_count: int
    burst_amount: Decimal
    large_amount: Decimal
    home_prefix: str

    @property
    def looked_at(self) -> int:
        return max(LOOKED_AT, self.burst_count + 1)

    def is_foreign(self, payment: Payment) -> bool:
        home = self.home_prefix.removeprefix("::ffff:")
        return not payment.address.lower().removeprefix("::ffff:").startswith(home)


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A row of flagged_user, without the user's columns."""

    rules: str
    score: int
    transaction_count: int
    total_amount: Decimal


@dataclass
class Verdict:
    """`alerts` are (payment, rule, reason), in no order; `flags` are the rows of flagged accounts."""

    alerts: list[tuple[int, str, str]] = field(default_factory=list)
    flags: dict[int, Flag] = field(default_factory=dict)


def judge(records: Iterable[Payment], rules: Rules) -> Verdict:
    """The alerts and flags of these records, given in the order of the topic, repetitions included."""
    verdict = Verdict()
    seen: set[int] = set()
    paid: dict[int, list[Payment]] = defaultdict(list)
    near: dict[int, list[Payment]] = defaultdict(list)
    for payment in records:
        if payment.number in seen:
            continue
        seen.add(payment.number)
        paid[payment.account].append(payment)
        reach = rules.window_minutes * 60_000
        last = paid[payment.account][-rules.looked_at :]
        window = [one for one in last if abs(one.at - payment.at) <= reach]
        if _is_near(payment.amount):
            near[payment.account].append(payment)
        times = _near_times(payment, near[payment.account])
        verdict.alerts += [(payment.number, rule, reason) for rule, reason in _broken(payment, window, times, rules)]
        flag = _flag(window, times, rules)
        verdict.flags.pop(payment.account, None)
        if flag:
            verdict.flags[payment.account] = flag
    return verdict


def _is_near(amount: Decimal) -> bool:
    """Just under a power of ten, 1,000 or more."""
    return amount >= 800 and amount >= Decimal("0.8") * 10 ** len(str(int(amount)))


def _near_times(payment: Payment, near: list[Payment]) -> int:
    """0 if the payment is not near a limit itself."""
    return sum(one.at >= payment.at - DAY for one in near[-5:]) if _is_near(payment.amount) else 0


def _broken(payment: Payment, window: list[Payment], times: int, rules: Rules) -> Iterable[tuple[str, str]]:
    least = "at least " if len(window) == rules.looked_at else ""
    within = f"within {rules.window_minutes} minutes"
    if len(window) > rules.burst_count:
        yield "burst_count", f"{least}{len(window)} payments {within}, more than {rules.burst_count}"
    small = _small(window, rules)
    if payment.amount < rules.large_amount and small >= rules.burst_amount:
        yield "burst_amount", f"small payments of {least}{small} {within}, {rules.burst_amount} or more"
    if payment.amount >= rules.large_amount:
        yield "large_amount", f"one payment of {payment.amount}, {rules.large_amount} or more"
    if rules.is_foreign(payment):
        yield "foreign_address", f"payment from {payment.address}, which does not start with {rules.home_prefix}"
    if times >= 3:
        told = "payments within 24 hours, each just under a round amount; the last is"
        yield "structuring", f"{times} {told} {payment.amount}"


def _flag(window: list[Payment], times: int, rules: Rules) -> Flag | None:
    holds = {
        "burst_count": len(window) > rules.burst_count,
        "burst_amount": _small(window, rules) >= rules.burst_amount,
        "large_amount": any(one.amount >= rules.large_amount for one in window),
        "foreign_address": any(rules.is_foreign(one) for one in window),
        "structuring": times >= 3,
    }
    names = [name for name, broken in holds.items() if broken]
    if not names:
        return None
    return Flag(
        rules=",".join(names),
        score=min(100, sum(WEIGHTS[name] for name in names)),
        transaction_count=len(window),
        total_amount=_paid(window),
    )


def _small(window: list[Payment], rules: Rules) -> Decimal:
    return _paid([one for one in window if one.amount < rules.large_amount])


def _paid(window: list[Payment]) -> Decimal:
    return sum((max(one.amount, Decimal(0)) for one in window), Decimal("0.00"))
