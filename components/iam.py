"""IAM's policy documents in the one form that all of this project have."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    """A policy of some statements; goes through `pulumi.Output.json_dumps` when outputs are in them."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(
    service: str,
    *,
    action: str | Sequence[str] = "sts:AssumeRole",
    condition: Mapping[str, Any] | None = None,
) -> str:
    """The JSON trust policy of a role that one AWS service takes on."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": action}
    return json.dumps(document(statement | ({"Condition": condition} if condition else {})))
