"""Simulated answers of a Kubernetes cluster: see `plan.fakes`."""

from __future__ import annotations

from typing import Any

from components.contracts.types import Json

SUFFIX = "0a1b2c3d"
"""Replaces the random suffix of an auto-named object, which Pulumi knows even in a preview."""


def named(token: str, name: str, outputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs with a name in the object's metadata; other providers' outputs unchanged."""
    metadata: Json = outputs.get("metadata") or {}
    if not token.startswith("kubernetes:") or not isinstance(metadata, dict) or metadata.get("name"):
        return outputs
    return {**outputs, "metadata": {**metadata, "name": f"{name}-{SUFFIX}"}}
