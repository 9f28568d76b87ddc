"""OpenSearchSink's twin: the keys that it honours. It writes to the run's OpenSearch."""

from __future__ import annotations

import re
from collections.abc import Mapping

from local.errors import RunError
from local.honoured_keys import WHOLE, Key, carried, holds, translate
from local.sinks.config import SinkConfig, TopicConfig
from local.sinks.keys import LOGIN, PLACE, SINK, sink_config, topics
from local.sinks.twin import Twin

_INDEX_NAME = (r"[a-z0-9][a-z0-9_.-]*", "lower-case letters, digits and _.-, as OpenSearch requires")
_INDEXES = (r"[1-5]", "1 to 5, as the connector requires")

KEYS: dict[str, Key] = {
    **SINK,
    "instance.url": holds(PLACE),
    "auth.type": holds("the twin listens on this machine alone", "BASIC", "NONE"),
    "connection.user": holds(LOGIN),
    "behavior.on.error": carried("IGNORE", "FAIL", to="on_error"),
    "max.retries": holds("the twin retries until the index is back", form=WHOLE),
    "indexes.num": carried(to="indexes", form=_INDEXES, required=True),
}
INDEX: dict[str, Key] = {
    "name": carried(to="name", form=_INDEX_NAME, required=True),
    "topic": carried(to="topic", required=True),
    "write.method": carried("INSERT", "UPSERT", to="method"),
    "behavior.on.null.values": carried("IGNORE", "DELETE", "FAIL", to="on_null"),
}


def settings(config: Mapping[str, str]) -> SinkConfig:
    """Raises RunError, which lists all problems."""
    count = _index_count(config)
    per_index = {f"index{number}.{key}": rule for number in range(1, count + 1) for key, rule in INDEX.items()}
    local = translate(config, {**KEYS, **per_index})
    found = list[TopicConfig]()
    for number in range(1, count + 1):
        index = {key: config.get(f"index{number}.{key}", "") for key in INDEX}
        found.append(
            TopicConfig(
                topic=index["topic"],
                target=index["name"],
                method=index["write.method"] or "INSERT",
                on_null=index["behavior.on.null.values"] or "IGNORE",
            )
        )
    listed, indexed = sorted(topics(local)), sorted(topic.topic for topic in found)
    if listed != indexed:
        keys = " and ".join(f"index{number}.topic" for number in range(1, count + 1))
        raise RunError(
            f"connector {config['name']}: topics is {','.join(listed)}, but {keys} say {','.join(indexed)}; "
            "give each topic one index"
        )
    return sink_config(config, local, found)


def _index_count(config: Mapping[str, str]) -> int:
    """`indexes.num`. When that is wrong, the count that the other keys show, so that they are checked too."""
    asked = config.get("indexes.num", "")
    if re.fullmatch(_INDEXES[0], asked):
        return int(asked)
    return max((int(found[1]) for key in config if (found := re.match(r"index([1-5])\.", key))), default=0)


OPENSEARCH = Twin(
    connector_class="OpenSearchSink",
    settings=settings,
    writer="local.sinks.opensearch.writer:OpenSearchWriter",
    target=lambda stores, _name: {"url": stores.opensearch.url},
    server=lambda stores: stores.opensearch,
)
