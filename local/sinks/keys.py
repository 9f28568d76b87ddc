"""The keys that every managed sink connector has, and the settings that follow from them."""

from __future__ import annotations

from collections.abc import Mapping

from local.honoured_keys import COMMON, Key, carried, holds
from local.sinks.config import SinkConfig, TopicConfig

FLUSH_SECONDS = 0.25
"""How long a sink collects records before it writes them."""

PLACE = "the service's address; the twin writes to this machine"
LOGIN = "the service's login; the twin has one of its own"
_NAMES = (r"[^,\s]+(,[^,\s]+)*", "topic names with commas between them")
_FORMAT = "the twin reads Avro by the schema of each record"

SINK: dict[str, Key] = {
    **COMMON,
    "topics": carried(to="topics", form=_NAMES, required=True),
    "input.data.format": holds(_FORMAT, "AVRO"),
    "input.key.format": holds(_FORMAT, "AVRO"),
    "errors.tolerance": carried("all", "none", to="tolerance"),
    "errors.deadletterqueue.topic.name": carried(to="dead_letter", required=True),
}


def topics(local: Mapping[str, str]) -> list[str]:
    return local["topics"].split(",")


def sink_config(
    config: Mapping[str, str],
    local: Mapping[str, str],
    topics: list[TopicConfig],
    *,
    evolves: bool = True,
    database: str = "",
) -> SinkConfig:
    """The settings of the sink process; `local` is the translated `config`."""
    return SinkConfig(
        name=config["name"],
        topics=topics,
        dead_letter=local["dead_letter"],
        tolerant=local.get("tolerance", "none") == "all" and local.get("on_error", "IGNORE") == "IGNORE",
        evolves=evolves,
        batch_size=int(local.get("batch_size", "3000")),
        flush_seconds=FLUSH_SECONDS,
        database=database,
    )
