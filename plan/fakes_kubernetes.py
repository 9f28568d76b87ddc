"""What a Kubernetes cluster would answer, simulated: see `plan.fakes`."""

from __future__ import annotations

from typing import Any

from components.contracts.types import Json

SUFFIX = "0a1b2c3d"
"""Stands for the random end of a name that Pulumi gives to an object without one; known in a preview, too."""


def named(token: str, name: str, outputs: dict[str, Any]) -> dict[str, Any]:
    """The outputs with a name in the object's metadata; those of another provider as they are."""
    metadata: Json = outputs.get("metadata") or {}
    if not token.startswith("kubernetes:") or not isinstance(metadata, dict) or metadata.get("name"):
        return outputs
    return {**outputs, "metadata": {**metadata, "name": f"{name}-{SUFFIX}"}}
