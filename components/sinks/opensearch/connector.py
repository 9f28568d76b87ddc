"""The connector that feeds OpenSearch, and its connection to the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from ...confluent import access
from ...confluent.access import Grant
from ...confluent.connector import FORMATS, SinkConnector, option
from ...confluent.pipeline import FLAGGED_TOPICS
from ...connections import Connection
from ...contracts import FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE


@dataclass(frozen=True, kw_only=True)
class OpenSearchConnection(Connection):
    """`url` begins with https:// and has no path."""

    url: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index of the OpenSearch sink, and how the connector writes its topic."""

    name: str
    topic: str
    write_method: str
    on_null_values: str

    def __post_init__(self) -> None:
        if self.write_method not in ("INSERT", "UPSERT"):
            raise ValueError(f"index {self.name}: write_method is {self.write_method!r}; set it to INSERT or UPSERT")
        if self.on_null_values not in ("IGNORE", "DELETE", "FAIL"):
            raise ValueError(f"index {self.name}: on_null_values is {self.on_null_values!r}; IGNORE, DELETE or FAIL")


@dataclass(frozen=True, kw_only=True)
class OpenSearchSink(SinkConnector):
    """The OpenSearch sink connector: only basic authentication, up to five indices."""

    connector_class: ClassVar[str] = "OpenSearchSink"
    purpose: str = "opensearch"
    input_key_format: str = option("input.key.format", allowed=FORMATS, default="AVRO")
    instance_url: pulumi.Input[str] = option("instance.url")
    auth_type: str = option("auth.type", allowed=("BASIC", "NONE"), default="BASIC")
    connection_user: pulumi.Input[str] = option("connection.user")
    connection_password: pulumi.Input[str] = option("connection.password", secret=True)
    behavior_on_error: str = option("behavior.on.error", allowed=("IGNORE", "FAIL"), default="IGNORE")
    max_retries: int = option("max.retries", default=5)
    indexes: tuple[Index, ...] = ()

    def extra_problems(self) -> list[str]:
        problems = super().extra_problems()
        if not 1 <= len(self.indexes) <= 5:
            problems.append(f"indexes has {len(self.indexes)} entries; the connector takes 1 to 5")
        if {index.topic for index in self.indexes} != set(self.topics):
            problems.append("topics and the indexes' topics differ; give each topic one index")
        return problems

    def grants(self) -> tuple[Grant, ...]:
        return access.sink_grants(self.topics, self.dead_letter_topic, reports=True)

    def nonsensitive(self, name: str, account_id: pulumi.Input[str]) -> dict[str, pulumi.Input[str]]:
        config = super().nonsensitive(name, account_id) | {"indexes.num": str(len(self.indexes))}
        for number, index in enumerate(self.indexes, start=1):
            config |= {
                f"index{number}.name": index.name,
                f"index{number}.topic": index.topic,
                f"index{number}.write.method": index.write_method,
                f"index{number}.behavior.on.null.values": index.on_null_values,
            }
        return config


INDEXES = (
    Index(name="flagged_user", topic=FLAGGED_USER.topic, write_method="UPSERT", on_null_values="DELETE"),
    Index(name="fraud_alert", topic=FRAUD_ALERT.topic, write_method="UPSERT", on_null_values="IGNORE"),
    # An episode never goes. Where a tombstone comes before its new row, the document stays in between.
    Index(name="fraud_episode", topic=FRAUD_EPISODE.topic, write_method="UPSERT", on_null_values="IGNORE"),
)


def make_connector(opensearch: OpenSearchConnection) -> OpenSearchSink:
    """Workflow 2: flagged users, alerts and episodes, one index each."""
    return OpenSearchSink(
        ready=opensearch.ready,
        topics=FLAGGED_TOPICS,
        instance_url=opensearch.url,
        connection_user=opensearch.user,
        connection_password=opensearch.password,
        indexes=INDEXES,
    )
