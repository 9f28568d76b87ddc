"""AwsContext: the region, account, key, retention and protection that all AWS resources share."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The values that CloudWatch Logs accepts (API PutRetentionPolicy), except "never expire"."""


@dataclass(frozen=True, kw_only=True)
class AwsContext:
    """`kms_key_arn` encrypts volumes, stores, secrets and logs; its policy must let CloudWatch Logs use it.

    `protect` prevents deletion and replacement of resources that hold data, and makes them leave a final snapshot.
    """

    region: str
    account_id: pulumi.Input[str]
    kms_key_arn: pulumi.Input[str]
    log_retention_days: int = 30
    protect: bool = False

    def __post_init__(self) -> None:
        if self.log_retention_days not in RETENTION_DAYS:
            allowed = ", ".join(map(str, RETENTION_DAYS))
            raise ValueError(f"log_retention_days is {self.log_retention_days!r}; set it to one of {allowed}")
