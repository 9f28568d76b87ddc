"""The host's role in AWS: Systems Manager, its secret, its log."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .. import iam


class HostIdentity:
    """Role and instance profile. `ready` must exist before the host starts, because its agent seldom retries."""

    def __init__(
        self,
        name: str,
        *,
        secret_arn: pulumi.Input[str],
        kms_key_arn: pulumi.Input[str],
        log_group_arn: pulumi.Input[str],
        region: str,
        account_id: pulumi.Input[str],
        parent: pulumi.Resource,
    ) -> None:
        child = ResourceOptions(parent=parent)
        role = aws.iam.Role(f"{name}-role", assume_role_policy=iam.trust("ec2.amazonaws.com"), opts=child)
        managed = aws.iam.RolePolicyAttachment(
            f"{name}-ssm",
            role=role.name,
            policy_arn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
            opts=child,
        )
        own = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.id,
            policy=pulumi.Output.json_dumps(_policy(secret_arn, kms_key_arn, log_group_arn, region, account_id)),
            opts=child,
        )
        self.profile = aws.iam.InstanceProfile(f"{name}-profile", role=role.name, opts=child)
        self.ready: list[pulumi.Resource] = [managed, own]


def _policy(
    secret_arn: pulumi.Input[str],
    kms_key_arn: pulumi.Input[str],
    log_group_arn: pulumi.Input[str],
    region: str,
    account_id: pulumi.Input[str],
) -> dict[str, object]:
    return iam.document(
        {
            "Sid": "OwnPasswords",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": secret_arn,
        },
        {
            "Sid": "KeyOfThePasswords",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": kms_key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{region}.amazonaws.com"}},
        },
        {
            "Sid": "OwnLog",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": [log_group_arn, pulumi.Output.concat(log_group_arn, ":*")],
        },
        {
            # The agent lists groups to find its own; IAM can allow that only for all groups of the region.
            "Sid": "FindOwnLog",
            "Effect": "Allow",
            "Action": "logs:DescribeLogGroups",
            "Resource": pulumi.Output.concat("arn:aws:logs:", region, ":", account_id, ":log-group:*"),
        },
    )
