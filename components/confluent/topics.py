"""Topics, and the schemas of the output topics."""

from __future__ import annotations

import pulumi
import pulumi_confluentcloud as confluent

from ..contracts import OUTPUTS, SOURCES, Table, schemas

DEAD_LETTER = "dead_letter"
_WEEK_MS = 7 * 24 * 3600 * 1000


def make_topics(name: str, partitions: int, opts: pulumi.ResourceOptions) -> dict[str, confluent.KafkaTopic]:
    """Every topic by name: raw, cleaned, outputs and dead-letter; an ordered topic has one partition."""
    topics = {
        table.topic: _topic(
            name, table.topic, 1 if table.ordered else partitions, "compact" if table.compacted else "delete", opts
        )
        for table in (*SOURCES, *OUTPUTS)
    }
    # One partition is enough for rejected records.
    topics[DEAD_LETTER] = _topic(name, DEAD_LETTER, 1, "delete", opts)
    return topics


def _topic(name: str, topic: str, partitions: int, cleanup: str, opts: pulumi.ResourceOptions) -> confluent.KafkaTopic:
    config = {"cleanup.policy": cleanup}
    if cleanup == "delete":
        config["retention.ms"] = str(_WEEK_MS)
    return confluent.KafkaTopic(
        f"{name}-topic-{topic}", topic_name=topic, partitions_count=partitions, config=config, opts=opts
    )


def make_schemas(name: str, opts: pulumi.ResourceOptions) -> list[confluent.Schema]:
    """Key and value schemas of the output topics, so that Flink infers their tables from the contract.

    A compacted topic becomes an upsert table with the key's columns (cc/flink/reference/statements/create-table.md,
    inferred tables).
    """
    return [schema for table in OUTPUTS for schema in _schemas(name, table, opts)]


def _schemas(name: str, table: Table, opts: pulumi.ResourceOptions) -> list[confluent.Schema]:
    subjects = {"value": schemas.avro_value(table)}
    if table.key:
        subjects["key"] = schemas.avro_key(table)
    return [
        confluent.Schema(
            f"{name}-schema-{table.topic}-{kind}",
            subject_name=f"{table.topic}-{kind}",
            format="AVRO",
            schema=text,
            hard_delete=True,
            # Otherwise a preview asks the registry, which may be reachable only from inside the VPC.
            skip_validation_during_plan=True,
            opts=opts,
        )
        for kind, text in subjects.items()
    ]
