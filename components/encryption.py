"""EncryptionKey: one customer-managed key per stack, for volumes, stores, secrets and logs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from . import iam


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """A deleted key can be recovered for `deletion_window_days`, 7 to 30 (AWS KMS).

    `protect` prevents deletion of the key, which would make all encrypted data unreadable.
    """

    account_id: pulumi.Input[str]
    region: str
    deletion_window_days: int = 30
    protect: bool = False

    def __post_init__(self) -> None:
        if not 7 <= self.deletion_window_days <= 30:
            raise ValueError(f"deletion_window_days is {self.deletion_window_days}; set it to 7 to 30")


class EncryptionKey(pulumi.ComponentResource):
    """A rotated key that the account administers. CloudWatch Logs, alarms and budgets of this account may use it."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:aws:EncryptionKey", name, None, opts)
        child = ResourceOptions(parent=self)
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Encrypts everything of {name}",
            enable_key_rotation=True,
            deletion_window_in_days=args.deletion_window_days,
            policy=pulumi.Output.json_dumps(_policy(args)),
            opts=ResourceOptions(parent=self, protect=args.protect or None),
        )
        aws.kms.Alias(f"{name}-alias", name=f"alias/{name}", target_key_id=key.id, opts=child)
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def _policy(args: EncryptionKeyArgs) -> dict[str, object]:
    account = pulumi.Output.from_input(args.account_id)
    logs = pulumi.Output.concat("arn:aws:logs:", args.region, ":", account, ":*")
    return iam.document(
        {
            "Sid": "AccountAdministers",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.concat("arn:aws:iam::", account, ":root")},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "LogsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{args.region}.amazonaws.com"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": logs}},
        },
        {
            "Sid": "AlarmsOfThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        },
    )
