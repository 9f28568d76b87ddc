"""Values for several fields."""

from __future__ import annotations

import json
from typing import Any

from tests.policy.build import make

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"

DIGEST = "registry/app@sha256:" + "0" * 64

OPEN = "0.0.0.0/0"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "arn:aws:s3:::bucket/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


PRODUCTION = make(
    "pulumi:providers:aws",
    {
        "defaultTags": json.dumps(
            {
                "tags": {
                    "Project": "fraud",
                    "Deployment": "live",
                    "Environment": "production",
                    "Owner": "payments",
                    "ManagedBy": "pulumi",
                }
            }
        )
    },
    name="aws",
    stack="live",
    provider=None,
)
