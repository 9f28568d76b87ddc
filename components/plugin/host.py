"""The plugin's provider, which `plugin/__main__.py` runs for programs in other languages.

It differs from the SDK's component host (`component_provider_host`) in two ways: it reports bad arguments without a
traceback, and accepts another component's whole output as an object.
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
from ..section import Section, constraint, key
from .app import FraudApp
from .component import PACKAGE
from .confluent import ConfluentCluster, ConfluentStreaming
from .network import EncryptionKey, NetworkStack
from .oracle import OracleHost
from .sinks import SinkTargets

DISTRIBUTION = "pulumi-fraud-detection"
COMPONENTS = [EncryptionKey, NetworkStack, OracleHost, ConfluentCluster, SinkTargets, FraudApp, ConfluentStreaming]


class Host(ComponentProvider):
    """Constructs the components; the engine generates SDKs from `schema`."""

    def __init__(self, version: str) -> None:
        super().__init__([*COMPONENTS], PACKAGE, None, version)
        self.schema = json.dumps(_with_descriptions(json.loads(self.schema or "")))

    def construct(
        self, name: str, resource_type: str, inputs: Any, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if not isinstance(error.inner, (ValueError, OSError, pulumi.RunError)):
                raise
            raise pulumi.InputPropertiesError(self._with_schema_names(error.inner), []) from None

    def map_input_properties(
        self,
        inputs: Any,
        properties: dict[str, PropertyDefinition],
        mapping: dict[str, str],
        component_name: str,
        property_path: str,
    ) -> Any:
        """Map the schema's names to Python's; an output of an object becomes an object of outputs."""
        inputs = {name: self._input_form(name, value, properties.get(name)) for name, value in inputs.items()}
        return super().map_input_properties(inputs, properties, mapping, component_name, property_path)

    def _input_form(self, name: str, value: pulumi.Output[Any] | Json, definition: PropertyDefinition | None) -> Any:
        if definition and definition.plain and _holds_an_output(value):
            raise pulumi.InputPropertyError(
                name, "it is an output or a secret; set a value that is known before the deploy"
            )
        if not (definition and definition.ref and isinstance(value, pulumi.Output)):
            return value
        kind = self.get_type_definition(definition)
        return {key: value[key] for key, part in kind.properties.items() if not part.plain} if kind else value

    def _with_schema_names(self, error: Exception) -> str:
        """A component's error, with the schema's names of its arguments."""
        if isinstance(error, ValidationError):
            return _section_message(error)
        kinds: list[Mapping[str, str]] = [kind.properties_mapping for kind in self._type_defs.values()]
        kinds += [component.inputs_mapping for component in self._component_defs.values()]
        names = {python: schema for kind in kinds for schema, python in kind.items()}
        return re.sub(r"\b[a-z]+(?:_[a-z]+)+\b", lambda found: names.get(found[0], found[0]), str(error))


def _section_message(error: ValidationError) -> str:
    """All problems of a section; those of several fields contain Python's names, which are replaced."""
    names = {name: key(field) for name, field in _sections()[error.title].model_fields.items()}
    found = [": ".join([*map(str, one["loc"]), one["msg"]]) for one in error.errors(include_url=False)]
    return re.sub(r"(^|; )(\w+) is ", lambda part: f"{part[1]}{names.get(part[2], part[2])} is ", "; ".join(found))


def _with_descriptions(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the sections' descriptions, which the SDK's analyzer ignores."""
    for name, section in _sections().items():
        properties = schema["types"].get(f"{PACKAGE}:index:{name}", {}).get("properties", {})
        for field in section.model_fields.values():
            if (found := properties.get(key(field))) and (allowed := constraint(field)):
                found["description"] = f"{field.description} Allowed: {allowed.allowed}."
    return schema


def _sections() -> dict[str, type[Section]]:
    return {section.__name__: section for section in Section.__subclasses__()}


def _holds_an_output(value: pulumi.Output[Any] | Json) -> bool:
    return isinstance(value, pulumi.Output) or (isinstance(value, list) and any(map(_holds_an_output, value)))


def run() -> None:
    """Serve the engine."""
    main(Host(importlib.metadata.version(DISTRIBUTION)), sys.argv[1:])
