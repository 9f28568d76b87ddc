"""CloudWatch log groups, encrypted and with a retention time."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from .aws_context import AwsContext


def make_log_group(name: str, path: str, context: AwsContext, opts: pulumi.ResourceOptions) -> aws.cloudwatch.LogGroup:
    key, days = context.kms_key_arn, context.log_retention_days
    return aws.cloudwatch.LogGroup(name, name=path, kms_key_id=key, retention_in_days=days, opts=opts)
