"""The three managed sink connectors as settings of the local sink process."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from local.connectors.keys import COMMON, COUNT, WHOLE, Key, carried, holds, translate
from local.errors import RunError
from local.sinks.config import DUCKDB, OPENSEARCH, POSTGRES, SinkConfig, TopicConfig

FLUSH_SECONDS = 0.25
"""How long a sink gathers records at most before it writes them."""

_NAMES = (r"[^,\s]+(,[^,\s]+)*", "topic names with commas between them")
_INDEX_NAME = (r"[a-z0-9][a-z0-9_.-]*", "lower-case letters, digits and _.- as OpenSearch wants an index named")
_INDEXES = (r"[1-5]", "1 to 5, as the connector takes")
_TABLE = (r"[^$]*\$\{topic\}[^$]*", "a text with ${topic} in it, so that each topic has its table")
_TABLE_MAP = (r"[^:,\s]+:[^:,\s]+(,[^:,\s]+:[^:,\s]+)*", "topic:table pairs with commas between them")
_FORMAT = "the twin reads Avro by the schema of each record"
_PLACE = "where the service is; the run has its twin"
_LOGIN = "login of the service; the run has its twin"

SINK: dict[str, Key] = {
    **COMMON,
    "topics": carried(to="topics", form=_NAMES, required=True),
    "input.data.format": holds(_FORMAT, "AVRO"),
    "input.key.format": holds(_FORMAT, "AVRO"),
    "errors.tolerance": carried("all", "none", to="tolerance"),
    "errors.deadletterqueue.topic.name": carried(to="dead_letter", required=True),
}

REDSHIFT: dict[str, Key] = {
    **SINK,
    "aws.redshift.domain": holds(_PLACE),
    "aws.redshift.port": holds(_PLACE, form=COUNT),
    "aws.redshift.user": holds(_LOGIN),
    "aws.redshift.database": Key(why="the twin has a database of its own", required=True),
    "db.timezone": holds("the twin's session runs in UTC", "UTC"),
    "auto.create": holds("the twin makes missing tables", "true"),
    "auto.evolve": carried("true", "false", to="evolves"),
    "batch.size": carried(to="batch_size", form=COUNT),
    "table.name.format": carried(to="table_format", form=_TABLE),
}

OPENSEARCH_KEYS: dict[str, Key] = {
    **SINK,
    "instance.url": holds(_PLACE),
    "auth.type": holds("the twin listens on this machine alone", "BASIC", "NONE"),
    "connection.user": holds(_LOGIN),
    "behavior.on.error": carried("IGNORE", "FAIL", to="on_error"),
    "max.retries": holds("the twin tries until the index is back, since nothing may be lost", form=WHOLE),
    "indexes.num": carried(to="indexes", form=_INDEXES, required=True),
}
INDEX: dict[str, Key] = {
    "name": carried(to="name", form=_INDEX_NAME, required=True),
    "topic": carried(to="topic", required=True),
    "write.method": carried("INSERT", "UPSERT", to="method"),
    "behavior.on.null.values": carried("IGNORE", "DELETE", "FAIL", to="on_null"),
}

SNOWFLAKE: dict[str, Key] = {
    **SINK,
    "snowflake.url.name": holds(_PLACE),
    "snowflake.user.name": holds(_LOGIN),
    "snowflake.role.name": holds(_LOGIN),
    "snowflake.database.name": holds("the file is the database"),
    "snowflake.schema.name": carried(to="schema", required=True),
    "snowflake.ingestion.method": holds("rows are appended as they come", "SNOWPIPE_STREAMING"),
    "snowflake.enable.schematization": holds("one column each field", "true"),
    "snowflake.topic2table.map": carried(to="table_map", form=_TABLE_MAP),
    "buffer.flush.time": holds("the twin writes more often than the shortest time, one second", form=COUNT),
    "behavior.on.null.values": carried("IGNORE", "DEFAULT", to="on_null"),
}


def _redshift(config: Mapping[str, str]) -> SinkConfig:
    local = translate(config, REDSHIFT)
    tables = local.get("table_format", "${topic}")
    topics = [TopicConfig(topic=t, target=tables.replace("${topic}", t), on_null="FAIL") for t in _topics(local)]
    return _sink(config, local, POSTGRES, topics)


def _opensearch(config: Mapping[str, str]) -> SinkConfig:
    count = _index_count(config)
    per_index = {f"index{number}.{key}": rule for number in range(1, count + 1) for key, rule in INDEX.items()}
    local = translate(config, {**OPENSEARCH_KEYS, **per_index})
    topics = []
    for number in range(1, count + 1):
        index = {key: config.get(f"index{number}.{key}", "") for key in INDEX}
        topics.append(
            TopicConfig(
                topic=index["topic"],
                target=index["name"],
                method=index["write.method"] or "INSERT",
                on_null=index["behavior.on.null.values"] or "IGNORE",
            )
        )
    listed, indexed = sorted(_topics(local)), sorted(topic.topic for topic in topics)
    if listed != indexed:
        keys = " and ".join(f"index{number}.topic" for number in range(1, count + 1))
        raise RunError(
            f"connector {config['name']}: topics is {','.join(listed)}, but {keys} say {','.join(indexed)}: "
            "give each topic one index"
        )
    return _sink(config, local, OPENSEARCH, topics)


def _index_count(config: Mapping[str, str]) -> int:
    """What `indexes.num` says; when that is no number, what the keys show, so that they are checked all the same."""
    asked = config.get("indexes.num", "")
    if re.fullmatch(_INDEXES[0], asked):
        return int(asked)
    return max((int(found[1]) for key in config if (found := re.match(r"index([1-5])\.", key))), default=0)


def _snowflake(config: Mapping[str, str]) -> SinkConfig:
    local = translate(config, SNOWFLAKE)
    named = dict(pair.split(":", 1) for pair in local.get("table_map", "").split(",") if pair)
    on_null = local.get("on_null", "DEFAULT")
    topics = [TopicConfig(topic=t, target=named.get(t, t), on_null=on_null) for t in _topics(local)]
    return _sink(config, local, DUCKDB, topics, database=local["schema"])


SINKS: dict[str, Callable[[Mapping[str, str]], SinkConfig]] = {
    "RedshiftSink": _redshift,
    "OpenSearchSink": _opensearch,
    "SnowflakeSink": _snowflake,
}


def sink(config: Mapping[str, str]) -> SinkConfig:
    """Settings of the sink process for one connector. Raises RunError: every key or value without a meaning."""
    return SINKS[config["connector.class"]](config)


def _topics(local: Mapping[str, str]) -> list[str]:
    return local["topics"].split(",")


def _sink(
    config: Mapping[str, str], local: Mapping[str, str], kind: str, topics: list[TopicConfig], database: str = ""
) -> SinkConfig:
    return SinkConfig(
        name=config["name"],
        kind=kind,
        topics=topics,
        dead_letter=local["dead_letter"],
        tolerant=local.get("tolerance", "none") == "all" and local.get("on_error", "IGNORE") == "IGNORE",
        # Without the key the connector adds nothing; the others always do.
        evolves=local.get("evolves", "false" if kind == POSTGRES else "true") == "true",
        batch_size=int(local.get("batch_size", "3000")),
        flush_seconds=FLUSH_SECONDS,
        database=database,
    )
