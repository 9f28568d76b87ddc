"""Thresholds of the fraud rules."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from stacks.config import Reader

HOME_PREFIX = r"(?=.{1,45}$)([0-9a-f]*[.:])+|(\d{1,3}\.){3}\d{1,3}|(?=.*:)[0-9a-f.:]*[0-9a-f]"
LOOKED_AT = 20
"""Payments of an account that are looked at for each of its payments, at least; 32 take twice the time of 20."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Amounts in the currency of the payments."""

    window_minutes: int
    burst_count: int
    burst_amount: Decimal
    large_amount: Decimal
    home_prefix: str
    state_ttl_hours: int

    @property
    def looked_at(self) -> int:
        """Payments that a window can hold: one more than are allowed, so that a burst is seen."""
        return max(LOOKED_AT, self.burst_count + 1)

    @property
    def most_small(self) -> Decimal:
        """The greatest sum of payments below the large amount that a window can hold."""
        return self.looked_at * (self.large_amount - Decimal("0.01"))

    def sql_variables(self) -> dict[str, object]:
        """The variables of flink_sql's templates; values were validated, so that they can stand in SQL text."""
        return {
            "window_minutes": self.window_minutes,
            "burst_count": self.burst_count,
            "burst_amount": self.burst_amount,
            "large_amount": self.large_amount,
            "home_prefix": self.home_prefix,
            "looked_at": self.looked_at,
        }


def read(reader: Reader) -> Rules:
    """Read the section."""
    rules = Rules(
        window_minutes=reader.integer("windowMinutes", 1, 99),
        # Each payment looks at so many others of its account, and keeps them in memory (docs/detection.md).
        burst_count=reader.integer("burstCount", 1, 63),
        burst_amount=reader.money("burstAmount", "0.01", "9999999999.99"),
        large_amount=reader.money("largeAmount", "0.01", "9999999999.99"),
        # An address prefix goes into SQL text as it is: digits, hexadecimals, dots and colons only.
        # It ends where a part does: 10 alone would take 100.0.0.1 for home, and is what YAML makes of an unquoted 10.
        home_prefix=reader.text(
            "homePrefix",
            HOME_PREFIX,
            'the start of an IP address, in lower case, up to a dot or colon: "10." in quotes',
        ),
        state_ttl_hours=reader.integer("stateTtlHours", 1, 720),
    )
    if rules.state_ttl_hours * 60 <= rules.window_minutes:
        reader.refuse("stateTtlHours", rules.state_ttl_hours, f"more than the window of {rules.window_minutes} minutes")
    if rules.burst_amount > rules.most_small:
        reader.refuse(
            "burstAmount",
            str(rules.burst_amount),
            f"at most {rules.most_small}, the sum of {rules.looked_at} payments below largeAmount",
        )
    return rules
