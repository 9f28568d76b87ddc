"""Settings that the runner passes as JSON to a worker, a Python process that reads Kafka."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PASSWORD_VARIABLE = "KAFKA_PASSWORD"  # noqa: S105 - the variable's name


@dataclass(frozen=True, kw_only=True)
class WorkerConfig:
    """`kafka`: librdkafka settings, but for the password, which is in the environment. `registry`: the schema
    registry's URL. `report`: the file to which the worker writes its figures.
    """

    name: str
    kafka: dict[str, str] = field(default_factory=dict[str, str])
    registry: str = ""
    report: str = ""

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1), encoding="utf-8")

    def client(self) -> dict[str, Any]:
        """Settings of a librdkafka client. Call it in the worker, whose environment has the password."""
        return {**self.kafka, "sasl.password": os.environ[PASSWORD_VARIABLE]}


def write_report(path: Path, figures: dict[str, Any]) -> None:
    """Replace the file in one step, as others read it at any time."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(figures), encoding="utf-8")
    draft.replace(path)
