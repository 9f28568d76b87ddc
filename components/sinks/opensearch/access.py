"""The two resource policies of an OpenSearch domain: who may reach it, and where it may write logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from ... import iam


def access_policy(arn: pulumi.Output[str], sources: pulumi.Input[list[str]]) -> dict[str, Any]:
    """The domain's access policy. Callers from these sources must still sign in as a user of the domain."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "es:ESHttp*",
        "Resource": pulumi.Output.concat(arn, "/*"),
        "Condition": {"IpAddress": {"aws:SourceIp": sources}},
    }
    return iam.document(statement)


def log_policy(
    arn: pulumi.Output[str], account_id: pulumi.Input[str], groups: Sequence[pulumi.Output[str]]
) -> dict[str, Any]:
    """Lets the service write only this domain's logs to these log groups."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "es.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"],
        "Resource": [pulumi.Output.concat(group, ":*") for group in groups],
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}, "ArnEquals": {"aws:SourceArn": arn}},
    }
    return iam.document(statement)
