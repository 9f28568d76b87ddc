"""Flow logs of a VPC: every accepted and refused connection, in an encrypted log group."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from .. import iam
from ..aws_context import AwsContext
from ..log_groups import make_log_group


def make_flow_logs(
    name: str,
    *,
    vpc_id: pulumi.Input[str],
    context: AwsContext,
    parent: pulumi.Resource,
) -> None:
    """Log group `/vpc/<name>/flow-logs`, a role that may only write to it, and the flow log."""
    child = ResourceOptions(parent=parent)
    group = make_log_group(f"{name}-flow-logs-group", f"/vpc/{name}/flow-logs", context, child)
    role, rights = _role(name, group, context, child)
    aws.ec2.FlowLog(
        f"{name}-flow-logs",
        vpc_id=vpc_id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags={"Name": name},
        # Without its policy, the role delivers nothing and only the flow log's status shows it.
        # AWS refuses a second flow log from one VPC to one group.
        opts=ResourceOptions(parent=parent, depends_on=[rights], delete_before_replace=True),
    )


def _role(
    name: str, group: aws.cloudwatch.LogGroup, context: AwsContext, opts: ResourceOptions
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    role = aws.iam.Role(
        f"{name}-flow-logs-role",
        description=f"Writes the flow logs of {name}",
        assume_role_policy=pulumi.Output.from_input(context.account_id).apply(
            lambda account: _trust(account, context.region)
        ),
        opts=opts,
    )
    rights = aws.iam.RolePolicy(
        f"{name}-flow-logs-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps(_rights(group.arn, context.account_id, context.region)),
        opts=opts,
    )
    return role, rights


def _trust(account: str, region: str) -> str:
    """Only flow logs of this account and region: the service acts for other accounts, too (confused deputy)."""
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:{region}:{account}:vpc-flow-log/*"},
    }
    return iam.trust("vpc-flow-logs.amazonaws.com", condition=condition)


def _rights(group_arn: pulumi.Output[str], account_id: pulumi.Input[str], region: str) -> dict[str, Any]:
    """Without CreateLogGroup: a group that the service creates would not be encrypted and never expire."""
    return iam.document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": pulumi.Output.concat(group_arn, ":*"),
        },
        {
            # The service lists groups to find its own; IAM can allow that only for all groups of the region.
            "Effect": "Allow",
            "Action": "logs:DescribeLogGroups",
            "Resource": pulumi.Output.concat("arn:aws:logs:", region, ":", account_id, ":log-group:*"),
        },
    )
