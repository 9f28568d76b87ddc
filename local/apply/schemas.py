"""The handler of the plan's schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from local.apply.servers import Servers
from local.errors import RunError
from plan.model import Resource

NOT_FOUND = 404


class Schemas:
    """Schema: the newest version of a subject, which the registry checks against those before it."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def create(self, resource: Resource) -> None:
        inputs = resource.inputs
        schema = Schema(inputs["schema"], inputs["format"])
        self._ask(resource, lambda client: client.register_schema(inputs["subjectName"], schema))

    def read(self, resource: Resource) -> dict[str, Any] | None:
        subject = resource.inputs["subjectName"]
        try:
            found = self._client().get_latest_version(subject)
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                return None
            raise _refused(resource, error) from error
        return {"subjectName": subject, "schema": found.schema.schema_str, "schemaIdentifier": found.schema_id}

    def update(self, resource: Resource) -> None:
        self.create(resource)

    def delete(self, resource: Resource) -> None:
        subject, whole = resource.inputs["subjectName"], resource.inputs.get("hardDelete", False)
        self._ask(resource, lambda client: client.delete_subject(subject, permanent=whole))

    def _ask(self, resource: Resource, request: Callable[[SchemaRegistryClient], object]) -> None:
        try:
            request(self._client())
        except SchemaRegistryError as error:
            raise _refused(resource, error) from error

    def _client(self) -> SchemaRegistryClient:
        self._servers.ready(self._servers.registry)
        return self._servers.registry.client()


def _refused(resource: Resource, error: SchemaRegistryError) -> RunError:
    subject = resource.inputs["subjectName"]
    return RunError(f"{resource.name}: the schema registry refuses subject {subject}: {error.error_message}")
