"""IAM policy documents and trust policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """A policy of the statements; `pulumi.Output.json_dumps` makes it JSON when outputs are in it."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(
    service: str,
    *,
    action: str | Sequence[str] = "sts:AssumeRole",
    condition: Mapping[str, Any] | None = None,
) -> str:
    """The JSON trust policy of a role that one AWS service assumes."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
    return json.dumps(document(statement | ({"Condition": condition} if condition else {})))
