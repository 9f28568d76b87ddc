"""Settings of a worker, a Python process of the run that reads Kafka, as JSON between the runner and it."""

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
    """`kafka` are librdkafka settings without the password, which comes by environment; `registry` is the URL of the
    schema registry; `report` is the file in which the worker says how it stands.
    """

    name: str
    kafka: dict[str, str] = field(default_factory=dict[str, str])
    registry: str = ""
    report: str = ""

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1), encoding="utf-8")

    def client(self) -> dict[str, Any]:
        """Settings of a librdkafka client, in the worker."""
        return {**self.kafka, "sasl.password": os.environ[PASSWORD_VARIABLE]}


def write_report(path: Path, figures: dict[str, Any]) -> None:
    """Whole at any time, for whoever reads it meanwhile."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(figures), encoding="utf-8")
    draft.replace(path)
