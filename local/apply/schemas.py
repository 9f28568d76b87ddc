"""The handler of the plan's schemas."""

from __future__ import annotations

from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError

from local.apply.servers import Servers
from local.errors import RunError
from plan.model import Resource


def create(servers: Servers, resource: Resource) -> None:
    """Schema: the newest version of a subject, which the registry checks against those before it."""
    inputs = resource.inputs
    subject = inputs["subjectName"]
    servers.ready(servers.registry)
    try:
        servers.registry.client().register_schema(subject, Schema(inputs["schema"], inputs["format"]))
    except SchemaRegistryError as error:
        raise RunError(
            f"{resource.name}: the schema registry refuses subject {subject}: {error.error_message}"
        ) from error
