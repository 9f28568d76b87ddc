"""Daily snapshots of the data volume."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .. import iam


def make_snapshots(name: str, volume_name: str, keep: int, parent: pulumi.Resource) -> None:
    """Snapshot the volume with the tag `Name: volume_name` each day and keep the last `keep`.

    All files of the database are on one volume, so a snapshot is crash-consistent.
    """
    child = ResourceOptions(parent=parent)
    role = aws.iam.Role(f"{name}-snapshots-role", assume_role_policy=iam.trust("dlm.amazonaws.com"), opts=child)
    rights = aws.iam.RolePolicyAttachment(
        f"{name}-snapshots-dlm",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
        opts=child,
    )
    schedule = aws.dlm.LifecyclePolicyPolicyDetailsScheduleArgs(
        name="daily",
        create_rule=aws.dlm.LifecyclePolicyPolicyDetailsScheduleCreateRuleArgs(
            interval=24, interval_unit="HOURS", times="03:00"
        ),
        retain_rule=aws.dlm.LifecyclePolicyPolicyDetailsScheduleRetainRuleArgs(count=keep),
        copy_tags=True,
    )
    aws.dlm.LifecyclePolicy(
        f"{name}-snapshots",
        description=f"Daily snapshots of {volume_name}",
        execution_role_arn=role.arn,
        policy_details=aws.dlm.LifecyclePolicyPolicyDetailsArgs(
            resource_types=["VOLUME"], target_tags={"Name": volume_name}, schedules=[schedule]
        ),
        # A run without rights leaves the policy in state ERROR.
        opts=ResourceOptions(parent=parent, depends_on=[rights]),
    )
