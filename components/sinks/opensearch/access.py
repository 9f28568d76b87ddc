"""Who may reach an OpenSearch domain, and where it may write its logs: the two resource policies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from ... import iam


def access_policy(arn: pulumi.Output[str], sources: pulumi.Input[list[str]]) -> dict[str, Any]:
    """The domain's access policy. Whoever comes from one of the sources must still name a user of the domain."""
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
    """Lets the service write the logs of this domain, and of no other, to these log groups."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "es.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"],
        "Resource": [pulumi.Output.concat(group, ":*") for group in groups],
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}, "ArnEquals": {"aws:SourceArn": arn}},
    }
    return iam.document(statement)
