"""Build a component's arguments from flat values, which go to its settings or its AwsContext."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.aws_context import AwsContext
from components.confluent.settings import StreamingSettings
from components.section import Section

KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
VARIABLES = StreamingSettings().sql_variables
CONTEXT: dict[str, Any] = {"region": "us-east-1", "account_id": "123456789012", "kms_key_arn": KEY}


def arguments(kind: Any, settings: type[Section], **values: Any) -> Any:
    """`kind` with its settings, and its AwsContext if it has one, made of fields in `values`."""
    own = {name: values.pop(name) for name in list(values) if name in settings.model_fields}
    if "context" in {field.name for field in dataclasses.fields(kind)}:
        names = {field.name for field in dataclasses.fields(AwsContext)}
        shared = {name: values.pop(name) for name in list(values) if name in names}
        values["context"] = AwsContext(**(CONTEXT | shared))
    return kind(**values, settings=settings(**own))
