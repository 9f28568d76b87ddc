"""IAM policy documents and trust policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """A policy document; if it contains outputs, convert it with `pulumi.Output.json_dumps`."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(
    service: str,
    *,
    action: str | Sequence[str] = "sts:AssumeRole",
    condition: Mapping[str, Any] | None = None,
) -> str:
    """The JSON trust policy of a role for one AWS service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
    return json.dumps(document(statement | ({"Condition": condition} if condition else {})))
