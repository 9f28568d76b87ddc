"""The plugin's provider: `plugin/__main__.py` runs it for programs in other languages.

It is the SDK's host of components (`component_provider_host`), with two differences: a mistake in an argument is told
without a traceback, and an output of a component may be given to another one as a whole.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.provider import ConstructResult, main
from pulumi.provider.experimental.analyzer import PropertyDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError
from pydantic import ValidationError

from ..contracts.types import Json
from ..section import constraint, key
from .app import FraudApp
from .confluent import ConfluentCluster, ConfluentStreaming
from .crossing import PACKAGE, SECTIONS
from .network import EncryptionKey, NetworkStack
from .oracle import OracleHost
from .sinks import SinkTargets

DISTRIBUTION = "pulumi-fraud-detection"
COMPONENTS = [EncryptionKey, NetworkStack, OracleHost, ConfluentCluster, SinkTargets, FraudApp, ConfluentStreaming]


class Host(ComponentProvider):
    """Makes the components; `schema` is what the engine generates SDKs from."""

    def __init__(self, version: str) -> None:
        super().__init__([*COMPONENTS], PACKAGE, None, version)
        self.schema = json.dumps(_described(json.loads(self.schema or "")))

    def construct(
        self, name: str, resource_type: str, inputs: Any, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, (ValueError, OSError, pulumi.RunError)):
                raise
            raise pulumi.InputPropertiesError(self._in_schema_words(error.inner), []) from None

    def map_input_properties(
        self,
        inputs: Any,
        properties: dict[str, PropertyDefinition],
        mapping: dict[str, str],
        component_name: str,
        property_path: str,
    ) -> Any:
        """Python's names for the schema's; an object that is an output becomes an object of outputs."""
        spread = {name: self._spread(name, value, properties.get(name)) for name, value in inputs.items()}
        return super().map_input_properties(spread, properties, mapping, component_name, property_path)

    def _spread(self, name: str, value: pulumi.Output[Any] | Json, definition: PropertyDefinition | None) -> Any:
        if definition and definition.plain and _holds_an_output(value):
            raise pulumi.InputPropertyError(name, "it is an output or a secret; give a value that is known beforehand")
        if not (definition and definition.ref and isinstance(value, pulumi.Output)):
            return value
        kind = self.get_type_definition(definition)
        return {key: value[key] for key, part in kind.properties.items() if not part.plain} if kind else value

    def _in_schema_words(self, error: Exception) -> str:
        """What a component refuses, with the names that its arguments have in the schema."""
        if isinstance(error, ValidationError):
            return _told_by_section(error)
        kinds: list[Mapping[str, str]] = [kind.properties_mapping for kind in self._type_defs.values()]
        kinds += [component.inputs_mapping for component in self._component_defs.values()]
        names = {python: schema for kind in kinds for schema, python in kind.items()}
        return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda found: names.get(found[0], found[0]), str(error))


def _told_by_section(error: ValidationError) -> str:
    """All problems of a section; what several fields show together names them as Python does."""
    names = {name: key(field) for name, field in SECTIONS[error.title].model_fields.items()}
    found = [": ".join([*map(str, one["loc"]), one["msg"]]) for one in error.errors(include_url=False)]
    return re.sub(r"(^|; )(\w+) is ", lambda part: f"{part[1]}{names.get(part[2], part[2])} is ", "; ".join(found))


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the words of the sections, which the SDK's analyzer does not see."""
    for name, section in SECTIONS.items():
        properties = schema["types"][f"{PACKAGE}:index:{name}"]["properties"]
        for field in section.model_fields.values():
            if (found := properties.get(key(field))) and (allowed := constraint(field)):
                found["description"] = f"{field.description} Allowed: {allowed.allowed}."
    return schema


def _holds_an_output(value: pulumi.Output[Any] | Json) -> bool:
    return isinstance(value, pulumi.Output) or (isinstance(value, list) and any(map(_holds_an_output, value)))


def run() -> None:
    """Serve the engine until it ends."""
    main(Host(importlib.metadata.version(DISTRIBUTION)), sys.argv[1:])
