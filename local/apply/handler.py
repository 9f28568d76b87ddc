"""What a handler is: create, read, update and delete of one resource type on this machine."""

from __future__ import annotations

from typing import Any, Protocol

from local.errors import RunError
from plan.model import Resource

State = dict[str, Any]
"""What a resource is by now, in the words of its inputs."""


class Handler(Protocol):
    """Each method raises RunError with a text for the user. `read` is None for a resource that does not exist."""

    def create(self, resource: Resource) -> None: ...
    def read(self, resource: Resource) -> State | None: ...
    def update(self, resource: Resource) -> None: ...
    def delete(self, resource: Resource) -> None: ...


def finish(futures: dict[Any, Any], resource: Resource | None) -> None:
    """Wait for what Kafka was asked for. Raises RunError that names `resource`, or what was asked for."""
    for name, future in futures.items():
        try:
            future.result(30)
        except Exception as error:  # confluent_kafka raises one kind, futures another; both go to the user
            raise RunError(f"{resource.name if resource else name}: {error}") from error
