"""ConfluentStreaming: the fast-changing half of Confluent Cloud: topics, schemas, access, statements, connectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent
from pulumi import ResourceOptions

from ..contracts import (
    APP_GROUP_PREFIX,
    CLEANED_TRANSACTION,
    ERROR_LOG_TOPIC,
    FRAUD_ALERT,
    PAYMENT_SCORE,
    SINK_GROUP_PREFIX,
    SOURCES,
    USER_TRANSACTION,
)
from . import access, pipeline
from .connector import Connector, SinkConnector
from .gates import make_cleanup, make_gate
from .handle import ConfluentHandle
from .settings import StreamingSettings
from .statements import INIT_ERROR, Statement, StatementPlace, make_statement
from .topics import make_schemas, make_topics

# The topics that the source connector writes.
RAW_TOPICS = tuple(table.topic for table in SOURCES)


@dataclass(frozen=True, kw_only=True)
class ConfluentStreamingArgs:
    """`topic_roles`: the cluster has them, so Flink's account gets those that it needs. A Basic cluster has none: there
    the account gets CloudClusterAdmin of its cluster, which is all that there is.
    `first_payment` puts a row into the captured tables: without one the source makes no schema to wait for.
    `protect` keeps the topics, and their records, from being deleted or replaced.
    """

    cluster: ConfluentHandle
    source: Connector
    sinks: tuple[SinkConnector, ...] = ()
    settings: StreamingSettings = StreamingSettings()
    topic_roles: bool = True
    first_payment: Sequence[pulumi.Resource] = ()
    protect: bool = False

    def __post_init__(self) -> None:
        names = [sink.purpose for sink in self.sinks]
        if len(set(names)) != len(names):
            raise ValueError(f"sinks repeat a purpose: {names}; each needs its own service account")


class ConfluentStreaming(pulumi.ComponentResource):
    """The pipeline, made in order: topics and access, source, its gates, statements, sinks."""

    topics: dict[str, confluent.KafkaTopic]

    def __init__(self, name: str, args: ConfluentStreamingArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:confluent:ConfluentStreaming", name, None, opts)
        self._name, self._args, self._cluster = name, args, args.cluster
        self._child = ResourceOptions(parent=self, depends_on=[*args.cluster.ready])
        kept = ResourceOptions(parent=self, depends_on=[*args.cluster.ready], protect=args.protect or None)
        self.topics = make_topics(name, args.settings.partitions, kept)
        self._schemas = make_schemas(name, self._child)
        self._cleanup = make_cleanup(f"{name}-cleanup", args.cluster, self._child)
        self._source = self._connector(args.source)
        self._gates = self._source_gates()
        self._access = self._runner_access()
        writers = self._statements()
        for sink in args.sinks:
            connector = self._connector(sink, writers)
            self._running(sink.purpose, connector)
        self._app_access()
        self.register_outputs({"topics": sorted(self.topics)})

    def _connector(self, config: Connector, after: Sequence[pulumi.Resource] = ()) -> confluent.Connector:
        name = f"{self._name}-{config.purpose}"
        account = access.make_account(name, f"Runs the connector {config.purpose}.", self._child)
        acls = access.make_acls(name, account.id, config.grants(), self._child)
        return confluent.Connector(
            name,
            environment=confluent.ConnectorEnvironmentArgs(id=self._cluster.environment_id),
            kafka_cluster=confluent.ConnectorKafkaClusterArgs(id=self._cluster.kafka_id),
            config_nonsensitive=config.nonsensitive(name, account.id),
            config_sensitive=config.sensitive(),
            opts=ResourceOptions(
                parent=self,
                depends_on=[*acls, self._cleanup, *self._topics_of(config), *config.ready, *after],
                # A connector cannot be renamed; the default time limit is a day.
                replace_on_changes=["configNonsensitive.name", INIT_ERROR],
                delete_before_replace=True,
                custom_timeouts=pulumi.CustomTimeouts(create="30m"),
            ),
        )

    def _topics_of(self, config: Connector) -> list[confluent.KafkaTopic]:
        names = config.topics_used()
        unknown = [name for name in names if name not in self.topics]
        if unknown:
            known = sorted(self.topics)
            raise ValueError(f"connector {config.purpose}: no topic {', '.join(unknown)}; known: {known}")
        return [self.topics[name] for name in names]

    def _running(self, what: str, connector: confluent.Connector) -> pulumi.Resource:
        """A gate: the deploy fails with the connector's own words unless it runs."""
        return make_gate(
            f"{self._name}-{what}-running",
            "connector",
            {
                "ENVIRONMENT": self._cluster.environment_id,
                "CLUSTER": self._cluster.kafka_id,
                "CONNECTOR": connector.config_nonsensitive["name"],
            },
            connector.id,
            ResourceOptions(parent=self, depends_on=[connector]),
        )

    def _source_gates(self) -> list[pulumi.Resource]:
        cluster = self._cluster
        running = self._running("source", self._source)
        present = make_gate(
            f"{self._name}-subjects-present",
            "subjects",
            {
                "REGISTRY_URL": cluster.registry_endpoint,
                "REGISTRY_KEY": cluster.registry_key,
                "REGISTRY_SECRET": cluster.registry_secret,
                "SUBJECTS": ",".join(f"{topic}-value" for topic in RAW_TOPICS),
            },
            self._source.id,
            ResourceOptions(parent=self, depends_on=[running, *self._args.first_payment]),
        )
        return [running, present]

    def _runner_access(self) -> list[pulumi.Resource]:
        """Roles of the statements' account, by subject and topic; on a Basic cluster it administers all topics."""
        declared = pipeline.statements(self._args.settings.state_ttl_hours)
        reads = [topic for statement in declared for topic in statement.reads]
        alters = [topic for statement in declared for topic in statement.alters]
        writes = [topic for statement in declared for topic in statement.writes]
        # ALTER TABLE keeps its options with the schema: it requires DeveloperWrite on the subject (flink-rbac.md).
        registry, touched = self._cluster.registry_crn, sorted({*reads, *alters, *writes, ERROR_LOG_TOPIC})
        roles: list[pulumi.Resource] = [
            self._runner_role(role, topic, pulumi.Output.concat(registry, f"/subject={topic}*"))
            for topic in touched
            for role in ("DeveloperRead", "DeveloperWrite")
        ]
        if self._args.topic_roles:
            cluster = pulumi.Output.concat(self._cluster.kafka_crn, "/kafka=", self._cluster.kafka_id, "/")
            roles += [
                self._runner_role(role, on.replace("=", "-"), pulumi.Output.concat(cluster, on))
                for role, on in access.flink_roles(reads, alters, writes, ERROR_LOG_TOPIC)
            ]
        else:
            roles.append(self._runner_role(access.CLUSTER_ADMIN, "cluster", self._cluster.kafka_crn))
        return roles

    def _runner_role(self, role: str, what: str, crn: pulumi.Input[str]) -> confluent.RoleBinding:
        name = f"{self._name}-runner-{role}-{what}".lower().removesuffix("*")
        return access.bind(name, self._cluster.runner_id, role, crn, self._child)

    def _statements(self) -> list[pulumi.Resource]:
        """Make them all; those that write a topic are what the sinks wait for."""
        place = StatementPlace(prefix=self._name, cluster=self._cluster, variables=self._args.settings.sql_variables)
        made: dict[str, pulumi.Resource] = {}
        declared = pipeline.statements(self._args.settings.state_ttl_hours)
        for statement in declared:
            made[statement.name] = make_statement(statement, place, self, self._before(statement, made))
        return [made[statement.name] for statement in declared if statement.writes]

    def _before(self, statement: Statement, made: dict[str, pulumi.Resource]) -> list[pulumi.Resource]:
        topics = [self.topics[name] for name in (*statement.reads, *statement.writes, *statement.alters)]
        return [
            self._cleanup,
            *self._gates,
            *self._access,
            *self._schemas,
            *topics,
            *(made[name] for name in statement.after),
        ]

    def _app_access(self) -> None:
        """The app reads the alerts back, and tells how far the pipeline and its sinks are; it writes nothing."""
        followed = {USER_TRANSACTION.topic, *(topic for sink in self._args.sinks for topic in sink.topics)}
        followed |= {CLEANED_TRANSACTION.topic, PAYMENT_SCORE.topic}
        grants = (
            access.topic(FRAUD_ALERT.topic, "READ", "DESCRIBE"),
            access.group(APP_GROUP_PREFIX, "READ", prefixed=True),
            *(access.topic(name, "DESCRIBE") for name in sorted(followed - {FRAUD_ALERT.topic})),
            access.group(SINK_GROUP_PREFIX, "DESCRIBE", prefixed=True),
        )
        access.make_acls(f"{self._name}-app", self._cluster.app_id, grants, self._child)
