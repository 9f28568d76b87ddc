"""Typed configuration of fully managed connectors.

One dataclass per connector class, one field per configuration key: unknown keys cannot be set, required keys cannot be
omitted, and secret keys go to `config_sensitive`. Keys and allowed values follow the vendor's templates of 2026-02;
OpenSearch's `indexN.write.method` is newer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi

from . import access
from .access import Grant
from .topics import DEAD_LETTER


def option(key: str, *, secret: bool = False, allowed: tuple[str, ...] = (), default: Any = dataclasses.MISSING) -> Any:
    """A field for the configuration `key`; None omits the key."""
    return dataclasses.field(default=default, metadata={"key": key, "secret": secret, "allowed": allowed})


FORMATS = ("AVRO", "JSON_SR", "PROTOBUF")
TOLERANCE = ("none", "all")


@dataclass(frozen=True, kw_only=True)
class Connector:
    """Base of all connectors. `purpose` names it and its account; `ready` must exist before it connects."""

    connector_class: ClassVar[str]
    purpose: str
    ready: Sequence[pulumi.Resource] = ()
    tasks_max: int = option("tasks.max", default=1)

    def __post_init__(self) -> None:
        problems = [problem for field in dataclasses.fields(self) for problem in self._problems(field)]
        problems += self.extra_problems()
        if problems:
            raise ValueError(f"{type(self).__name__} {self.purpose!r}: " + "; ".join(problems))

    def extra_problems(self) -> list[str]:
        """Problems that involve several fields."""
        return []

    def _problems(self, field: dataclasses.Field[Any]) -> Iterator[str]:
        value, allowed = getattr(self, field.name), field.metadata.get("allowed", ())
        if allowed and isinstance(value, str) and value not in allowed:
            yield f"{field.name} is {value!r}; set it to one of {', '.join(allowed)}"
        if value == "":
            yield f"{field.name} is empty; set a value"

    def topics_used(self) -> tuple[str, ...]:
        """The declared topics that the connector reads or writes."""
        raise NotImplementedError

    def grants(self) -> tuple[Grant, ...]:
        """The ACLs for the connector's account."""
        raise NotImplementedError

    def nonsensitive(self, name: str, account_id: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
        """The `config_nonsensitive` map. `name` is unique in the cluster; changing it replaces the connector."""
        fixed: dict[str, pulumi.Input[str]] = {
            "name": name,
            "connector.class": self.connector_class,
            "kafka.auth.mode": "SERVICE_ACCOUNT",
            "kafka.service.account.id": account_id,
        }
        return fixed | self._entries(secret=False)

    def sensitive(self) -> dict[str, pulumi.Input[str]]:
        """The `config_sensitive` map."""
        return self._entries(secret=True)

    def _entries(self, *, secret: bool) -> dict[str, pulumi.Input[str]]:
        entries: dict[str, pulumi.Input[str]] = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if "key" in field.metadata and field.metadata["secret"] is secret and value is not None:
                entries[field.metadata["key"]] = _text(value)
        return entries


def _text(value: pulumi.Input[str] | bool | int | tuple[str, ...]) -> pulumi.Input[str]:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return ",".join(value)
    return value


@dataclass(frozen=True, kw_only=True)
class SinkConnector(Connector):
    """Base of the sink connectors: bad records go to the dead-letter topic, and the connector continues."""

    topics: tuple[str, ...] = option("topics")
    input_data_format: str = option("input.data.format", allowed=FORMATS, default="AVRO")
    errors_tolerance: str = option("errors.tolerance", allowed=TOLERANCE, default="all")
    dead_letter_topic: str = option("errors.deadletterqueue.topic.name", default=DEAD_LETTER)

    def topics_used(self) -> tuple[str, ...]:
        return (*self.topics, self.dead_letter_topic)

    def grants(self) -> tuple[Grant, ...]:
        return access.sink_grants(self.topics, self.dead_letter_topic)

    def extra_problems(self) -> list[str]:
        return [] if self.topics else ["topics is empty; name at least one topic"]
