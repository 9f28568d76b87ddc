"""Settings of a sink process."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.contracts import SINK_GROUP_PREFIX
from local.config import WorkerConfig

TARGET_PASSWORD_VARIABLE = "TARGET_PASSWORD"  # noqa: S105 - the variable's name


@dataclass(frozen=True, kw_only=True)
class TopicConfig:
    """`target`: the topic's table or index. `method`: INSERT, or UPSERT by the record's key.

    `on_null`: what a tombstone does: DELETE, IGNORE, FAIL (dead letter) or DEFAULT (a row without values).
    """

    topic: str
    target: str
    method: str = "INSERT"
    on_null: str = "IGNORE"


@dataclass(frozen=True, kw_only=True)
class SinkConfig(WorkerConfig):
    """`tolerant`: a bad record goes to the topic `dead_letter`; otherwise it stops the sink. `evolves`: the sink adds
    missing columns to the store's table. `writer`: the class, as `module:name`. `target`: its settings without the
    password, which is in the environment.
    """

    topics: list[TopicConfig]
    dead_letter: str
    tolerant: bool
    evolves: bool = True
    batch_size: int
    flush_seconds: float
    database: str = ""
    writer: str = ""
    target: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def group(self) -> str:
        """The consumer group, with the prefix of managed connectors, which the plan's ACL allows."""
        return f"{SINK_GROUP_PREFIX}-{self.name}"

    @classmethod
    def load(cls, path: Path) -> SinkConfig:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        data["topics"] = [TopicConfig(**topic) for topic in data["topics"]]
        return cls(**data)
