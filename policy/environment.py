"""Whether a stack is a production stack."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from policy.inputs import Value, get, text
from policy.model import Resource, Stack

AWS_PROVIDER = "pulumi:providers:aws"
TAG, PRODUCTION = "Environment", "production"


def default_tags(provider: Resource) -> Any:
    """The default tags of an AWS provider, whose nested inputs are JSON text."""
    value = provider.get("defaultTags")
    if text(value):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return get(value, "tags")


def is_production(stack: Stack) -> bool:
    """Judged by the AWS provider's default tag, or by the stack's name: `prod`, `prod-eu`, `fraud-prod`."""
    tags: list[Value] = [default_tags(provider) for provider in stack.of_type(AWS_PROVIDER)]
    tagged = any(isinstance(tag, Mapping) and tag.get(TAG) == PRODUCTION for tag in tags)
    return tagged or any("prod" in re.split(r"[-_.]", stack_name(one.urn)) for one in stack.resources[:1])


def stack_name(urn: str) -> str:
    """`urn:pulumi:<stack>::<project>::...`"""
    return urn.split("::", 1)[0].removeprefix("urn:pulumi:")
