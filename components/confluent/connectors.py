"""Typed configuration of the fully managed connectors that the pipeline uses.

One dataclass per connector class, one field per configuration key: a key that does not exist cannot be written, a
required one cannot be left out, and a secret one goes to `config_sensitive`. Keys and allowed values are those of the
vendor's templates of 2026-02, but for `indexN.write.method` of OpenSearch, which is newer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pulumi

from components.connections import ORACLE_PORT, REDSHIFT_PORT
from components.oracle import names


def option(key: str, *, secret: bool = False, allowed: tuple[str, ...] = (), default: Any = dataclasses.MISSING) -> Any:
    """A field that is written as configuration `key`; a field that is None leaves its key out."""
    return dataclasses.field(default=default, metadata={"key": key, "secret": secret, "allowed": allowed})


FORMATS = ("AVRO", "JSON_SR", "PROTOBUF")
TOLERANCE = ("none", "all")


@dataclass(frozen=True, kw_only=True)
class ConnectorConfig:
    """What every connector has. `name` is unique in the cluster and a change of it replaces the connector."""

    connector_class: ClassVar[str]
    name: str = option("name")
    service_account_id: pulumi.Input[str] = option("kafka.service.account.id")
    tasks_max: int = option("tasks.max", default=1)

    def __post_init__(self) -> None:
        problems = [problem for field in dataclasses.fields(self) for problem in self._problems(field)]
        problems += self.extra_problems()
        if problems:
            raise ValueError(f"{type(self).__name__} {self.name!r}: " + "; ".join(problems))

    def extra_problems(self) -> list[str]:
        """Problems that no single field shows."""
        return []

    def _problems(self, field: dataclasses.Field[Any]) -> Iterator[str]:
        value, allowed = getattr(self, field.name), field.metadata.get("allowed", ())
        if allowed and isinstance(value, str) and value not in allowed:
            yield f"{field.name} is {value!r}; set it to one of {', '.join(allowed)}"
        if value == "" and field.default is dataclasses.MISSING:
            yield f"{field.name} is empty; give it a value"

    def nonsensitive(self) -> dict[str, pulumi.Input[str]]:
        """The `config_nonsensitive` map."""
        fixed = {"connector.class": self.connector_class, "kafka.auth.mode": "SERVICE_ACCOUNT"}
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


def _text(value: Any) -> pulumi.Input[str]:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return ",".join(value)
    return value


@dataclass(frozen=True, kw_only=True)
class OracleXStreamSource(ConnectorConfig):
    """Oracle XStream CDC source. `topic_prefix` may never change: it names every topic and the schema history."""

    connector_class: ClassVar[str] = "OracleXStreamSource"
    hostname: pulumi.Input[str] = option("database.hostname")
    port: int = option("database.port", default=ORACLE_PORT)
    user: pulumi.Input[str] = option("database.user")
    password: pulumi.Input[str] = option("database.password", secret=True)
    dbname: str = option("database.dbname", default=names.CDB)
    service_name: str = option("database.service.name", default=names.CDB)
    pdb_name: str = option("database.pdb.name", default=names.PDB)
    out_server_name: str = option("database.out.server.name", default=names.OUTBOUND_SERVER)
    processor_licenses: int = option("database.processor.licenses")
    tls_mode: str = option("database.tls.mode", allowed=("disable", "one-way"), default="disable")
    output_data_format: str = option("output.data.format", allowed=FORMATS, default="AVRO")
    output_key_format: str = option("output.key.format", allowed=FORMATS, default="AVRO")
    topic_prefix: str = option("topic.prefix")
    table_include_list: str = option("table.include.list")
    column_include_list: str = option("column.include.list")
    snapshot_mode: str = option("snapshot.mode", allowed=("initial", "no_data", "recovery"), default="initial")
    decimal_handling_mode: str = option(
        "decimal.handling.mode", allowed=("precise", "string", "double"), default="precise"
    )
    time_precision_mode: str = option("time.precision.mode", allowed=("adaptive", "connect"), default="connect")
    tombstones_on_delete: bool = option("tombstones.on.delete", default=True)
    # Zero is the vendor's default and lets archive logs pile up while nobody pays.
    heartbeat_interval_ms: int = option("heartbeat.interval.ms", default=10_000)

    def extra_problems(self) -> list[str]:
        return [] if self.tasks_max == 1 else ["tasks_max must be 1: the connector reads one outbound server"]


@dataclass(frozen=True, kw_only=True)
class SinkConfig(ConnectorConfig):
    """What every sink has: bad records go to the dead-letter topic, the rest goes on."""

    topics: tuple[str, ...] = option("topics")
    input_data_format: str = option("input.data.format", allowed=FORMATS, default="AVRO")
    errors_tolerance: str = option("errors.tolerance", allowed=TOLERANCE, default="all")
    dead_letter_topic: str = option("errors.deadletterqueue.topic.name")

    def extra_problems(self) -> list[str]:
        return [] if self.topics else ["topics is empty; name at least one topic"]


@dataclass(frozen=True, kw_only=True)
class RedshiftSink(SinkConfig):
    """Amazon Redshift sink, insert-only: feed it append topics."""

    connector_class: ClassVar[str] = "RedshiftSink"
    domain: pulumi.Input[str] = option("aws.redshift.domain")
    port: int = option("aws.redshift.port", default=REDSHIFT_PORT)
    user: pulumi.Input[str] = option("aws.redshift.user")
    password: pulumi.Input[str] = option("aws.redshift.password", secret=True)
    database: pulumi.Input[str] = option("aws.redshift.database")
    db_timezone: str = option("db.timezone", default="UTC")
    auto_create: bool = option("auto.create", default=True)
    auto_evolve: bool = option("auto.evolve", default=True)
    batch_size: int = option("batch.size", default=3000)
    table_name_format: str = option("table.name.format", default="${topic}")


@dataclass(frozen=True, kw_only=True)
class Index:
    """One index of the OpenSearch sink and how its topic is written to it."""

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
class OpenSearchSink(SinkConfig):
    """OpenSearch sink, basic authentication only; up to five indices."""

    connector_class: ClassVar[str] = "OpenSearchSink"
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

    def nonsensitive(self) -> dict[str, pulumi.Input[str]]:
        config = super().nonsensitive() | {"indexes.num": str(len(self.indexes))}
        for number, index in enumerate(self.indexes, start=1):
            config |= {
                f"index{number}.name": index.name,
                f"index{number}.topic": index.topic,
                f"index{number}.write.method": index.write_method,
                f"index{number}.behavior.on.null.values": index.on_null_values,
            }
        return config


@dataclass(frozen=True, kw_only=True)
class SnowflakeSink(SinkConfig):
    """Snowflake sink through Snowpipe Streaming: appends, upserts and deletes included."""

    connector_class: ClassVar[str] = "SnowflakeSink"
    input_key_format: str = option("input.key.format", allowed=FORMATS, default="AVRO")
    url: pulumi.Input[str] = option("snowflake.url.name")
    user: pulumi.Input[str] = option("snowflake.user.name")
    private_key: pulumi.Input[str] = option("snowflake.private.key", secret=True)
    database: pulumi.Input[str] = option("snowflake.database.name")
    schema: pulumi.Input[str] = option("snowflake.schema.name")
    role: pulumi.Input[str] = option("snowflake.role.name")
    ingestion_method: str = option(
        "snowflake.ingestion.method", allowed=("SNOWPIPE_STREAMING",), default="SNOWPIPE_STREAMING"
    )
    topic2table_map: str | None = option("snowflake.topic2table.map", default=None)
    schematization: bool = option("snowflake.enable.schematization", default=True)
    # Says little: under streaming the service's `max.client.lag` (30 s) rules, which its template does not offer.
    buffer_flush_time: int = option("buffer.flush.time", default=1)
    on_null_values: str = option("behavior.on.null.values", allowed=("IGNORE", "DEFAULT"), default="DEFAULT")

    def extra_problems(self) -> list[str]:
        problems = super().extra_problems()
        if self.buffer_flush_time < 1:
            problems.append("buffer_flush_time must be 1 second or more for Snowpipe Streaming")
        return problems
