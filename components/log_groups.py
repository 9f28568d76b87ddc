"""CloudWatch log groups: always encrypted, never kept for ever."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""What CloudWatch Logs accepts (API PutRetentionPolicy), except never."""


def retention_problems(days: int) -> list[str]:
    """What is wrong with a retention, and its fix; empty when it is valid."""
    if days in RETENTION_DAYS:
        return []
    return [f"log_retention_days is {days!r}; set it to one of {', '.join(map(str, RETENTION_DAYS))}"]


def make_log_group(
    name: str, path: str, *, kms_key_arn: pulumi.Input[str], retention_days: int, opts: pulumi.ResourceOptions
) -> aws.cloudwatch.LogGroup:
    """A log group with the physical name `path`; the key's policy must let CloudWatch Logs use it."""
    return aws.cloudwatch.LogGroup(name, name=path, kms_key_id=kms_key_arn, retention_in_days=retention_days, opts=opts)
