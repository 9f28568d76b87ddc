"""Cases of policy/controls/streaming.py: Kafka, Flink and connectors."""

from __future__ import annotations

from typing import Any

from policy.inputs import SECRET
from policy.model import Resource
from tests.policy.build import GONE, Case, but, case, make, optioned

ACL = make(
    "confluentcloud:index/kafkaAcl:KafkaAcl",
    {"resourceType": "TOPIC", "resourceName": "auth_user", "principal": "User:sa-1", "operation": "READ", "host": "*"},
)

BINDING = make("confluentcloud:index/roleBinding:RoleBinding", {"principal": "User:sa-1", "roleName": "DeveloperRead"})

BASIC, STANDARD = (
    make("confluentcloud:index/kafkaCluster:KafkaCluster", {kind: {}}, name=kind) for kind in ("basic", "standard")
)
PROVISIONER, RUNNER, APP = (
    make("confluentcloud:index/serviceAccount:ServiceAccount", name=f"fraud-dev-{purpose}")
    for purpose in ("provisioner", "flink-runner", "app")
)


def admin(account: Resource, cluster: Resource) -> Resource:
    """The account administers the cluster."""
    return make(BINDING.type, {"roleName": "CloudClusterAdmin"}, name=f"{account.name}-admin", on=[account, cluster])


API_KEY = make("confluentcloud:index/apiKey:ApiKey", {"owner": {"id": "sa-1", "kind": "ServiceAccount"}})

TOPIC = make("confluentcloud:index/kafkaTopic:KafkaTopic", {"config": {"retention.ms": "604800000"}})

STATEMENT = make(
    "confluentcloud:index/flinkStatement:FlinkStatement",
    {"statement": "INSERT INTO a SELECT * FROM b"},
    delete_before_replace=True,
    replace_on_changes=("properties", "statementName", "#initerror"),
    timeouts={"create": 1200},
)


def connector(kind: str, **config: str) -> Any:
    return make(
        "confluentcloud:index/connector:Connector",
        {
            "configNonsensitive": {
                "connector.class": kind,
                "kafka.auth.mode": "SERVICE_ACCOUNT",
                "kafka.service.account.id": f"sa-{kind}",
                **{key.replace("_", "."): value for key, value in config.items()},
            },
            "configSensitive": SECRET,
        },
        name=kind,
        delete_before_replace=True,
        replace_on_changes=("configNonsensitive.name", "#initerror"),
        timeouts={"create": 1800},
    )


SOURCE = connector(
    "OracleXStreamSource", column_include_list="SAMPLE[.]AUTH_USER[.](ID|EMAIL),SAMPLE[.]USER_TRANSACTION[.]ID"
)

SINK = connector(
    "RedshiftSink",
    topics="auth_user,user_transaction",
    errors_tolerance="all",
    errors_deadletterqueue_topic_name="dead_letter",
)

CONFIG = "configNonsensitive"

STREAMING = {
    "acls-allow-one-thing": case(
        bad=[
            *(
                but(ACL, "operation", to=operation)
                for operation in ("ALL", "ALTER", "ALTER_CONFIGS", "DELETE", "CLUSTER_ACTION")
            ),
            but(ACL, "resourceName", to="*"),
            but(ACL, "resourceName", to=""),
            but(ACL, "principal", to="User:*"),
        ],
        good=[ACL],
    ),
    "no-confluent-administrators": case(
        bad=[
            but(BINDING, "roleName", to=role)
            for role in ("OrganizationAdmin", "EnvironmentAdmin", "AccountAdmin", "ResourceKeyAdmin", "BillingAdmin")
        ],
        good=[BINDING],
    ),
    "cluster-administrators-are-few": Case(
        bad=[
            [STANDARD, RUNNER, admin(RUNNER, STANDARD)],
            [BASIC, APP, admin(APP, BASIC)],
            [BASIC, PROVISIONER, admin(PROVISIONER, BASIC), APP, admin(APP, BASIC)],
        ],
        good=[
            [STANDARD, PROVISIONER, admin(PROVISIONER, STANDARD)],
            [BASIC, PROVISIONER, RUNNER, admin(PROVISIONER, BASIC), admin(RUNNER, BASIC)],
            [STANDARD, RUNNER, but(admin(RUNNER, STANDARD), "roleName", to="DeveloperRead")],
        ],
    ),
    "api-keys-belong-to-service-accounts": case(bad=[but(API_KEY, "owner", "kind", to="User")], good=[API_KEY]),
    "connector-secrets-are-sensitive": case(
        bad=[
            but(SINK, CONFIG, "aws.redshift.password", to="hunter2"),
            but(SINK, CONFIG, "snowflake.private.key", to=SECRET),
        ],
        good=[SINK, SOURCE],
    ),
    "sinks-have-dead-letters": case(
        bad=[
            but(SINK, CONFIG, "errors.deadletterqueue.topic.name", to=GONE),
            but(SINK, CONFIG, "errors.tolerance", to="none"),
            connector("OpenSearchSink", errors_tolerance="all"),
            connector("SnowflakeSink", errors_tolerance="all"),
        ],
        good=[SINK, SOURCE],
    ),
    "redshift-takes-append-topics": case(
        bad=[but(SINK, CONFIG, "topics", to="auth_user,flagged_user"), but(SINK, CONFIG, "topics", to="fraud_alert")],
        good=[SINK, SOURCE, connector("SnowflakeSink", topics="flagged_user,fraud_alert")],
    ),
    "source-publishes-no-passwords": case(
        bad=[
            but(SOURCE, CONFIG, "column.include.list", to=GONE),
            but(SOURCE, CONFIG, "column.include.list", to=""),
            but(SOURCE, CONFIG, "column.include.list", to="SAMPLE[.]AUTH_USER[.](ID|PASSWORD)"),
            but(SOURCE, CONFIG, "column.include.list", to="SAMPLE[.]AUTH_USER[.]ID, SAMPLE[.]USER_TRANSACTION[.].*"),
        ],
        good=[SOURCE, SINK, but(SOURCE, CONFIG, "column.include.list", to="SAMPLE[.]AUTH_USER[.](PASSWORD_HINT|ID)")],
    ),
    "connectors-have-own-accounts": Case(
        bad=[
            [SOURCE, but(SINK, CONFIG, "kafka.service.account.id", to="sa-OracleXStreamSource")],
            [but(SINK, CONFIG, "kafka.auth.mode", to="KAFKA_API_KEY")],
        ],
        good=[[SOURCE, SINK]],
    ),
    "old-ones-are-deleted-first": case(
        bad=[optioned(STATEMENT, delete_before_replace=False), optioned(SINK, delete_before_replace=False)],
        good=[STATEMENT, SINK],
    ),
    "creation-has-a-time-limit": case(
        bad=[optioned(STATEMENT, timeouts={}), optioned(SINK, timeouts={"create": 3601})],
        good=[STATEMENT, SINK, optioned(SINK, timeouts={"create": 3600})],
    ),
    "refused-changes-replace": case(
        bad=[
            optioned(STATEMENT, replace_on_changes=("properties", "#initerror")),
            optioned(STATEMENT, replace_on_changes=("statementName", "#initerror")),
            optioned(STATEMENT, replace_on_changes=("properties", "statementName")),
            optioned(SINK, replace_on_changes=("#initerror",)),
            optioned(SINK, replace_on_changes=("configNonsensitive.name",)),
        ],
        good=[STATEMENT, SINK],
    ),
    "topic-records-expire": case(
        bad=[but(TOPIC, "config", "retention.ms", to="-1")],
        good=[TOPIC, but(TOPIC, "config", to={"cleanup.policy": "compact", "retention.ms": "-1"})],
    ),
}
