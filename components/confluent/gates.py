"""Gates: commands that finish only when the next resources can work.

A RUNNING connector may not have written yet; without its schemas, Flink would find no table. The clean-up is the gate
of destroy: deleted last, it removes undeclared topics.
"""

from __future__ import annotations

import pulumi
from pulumi_command import local

from ..contracts import ERROR_LOG_TOPIC, TOPIC_PREFIX
from ..local_commands import command_line
from . import access
from .handle import ConfluentHandle

# Prefixes of topics that connectors and statements create themselves.
UNDECLARED_TOPICS = (
    ERROR_LOG_TOPIC,
    access.schema_changes(TOPIC_PREFIX),
    access.HEARTBEAT,
    "dlq-lcc",
    *access.REPORTS,
)


def make_gate(
    name: str,
    kind: str,
    environment: dict[str, pulumi.Input[str]],
    connector_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """Run `components.confluent.wait KIND`, which ends when the gate is open or at its deadline.

    `kind` is `connector` (the connector is RUNNING) or `subjects` (its schemas are in the registry). A replaced
    connector has a new `connector_id`, which runs the gate again.
    """
    return local.Command(
        name,
        create=command_line("confluent.wait", kind),
        dir=".",
        environment=environment,
        triggers=[connector_id],
        opts=opts,
    )


def make_cleanup(name: str, cluster: ConfluentHandle, opts: pulumi.ResourceOptions) -> local.Command:
    """Delete undeclared topics and the connector's subjects, after everything that depends on this command is gone."""
    return local.Command(
        name,
        create="true",
        delete=command_line("confluent.cleanup"),
        dir=".",
        environment={
            "KAFKA_REST": cluster.kafka_rest_endpoint,
            "CLUSTER": cluster.kafka_id,
            "KAFKA_KEY": cluster.kafka_key,
            "KAFKA_SECRET": cluster.kafka_secret,
            "REGISTRY_URL": cluster.registry_endpoint,
            "REGISTRY_KEY": cluster.registry_key,
            "REGISTRY_SECRET": cluster.registry_secret,
            "TOPIC_PREFIXES": ",".join(UNDECLARED_TOPICS),
            "SUBJECT_PREFIXES": ",".join((*UNDECLARED_TOPICS, f"{TOPIC_PREFIX}.")),
        },
        opts=opts,
    )
