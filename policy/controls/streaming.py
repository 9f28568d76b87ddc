"""Kafka, Flink and the connectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policy.controls.secrets import names_a_secret
from policy.inputs import Opaque, Value, absent, get, one_of, text
from policy.model import Resource, Stack, resource_control, stack_control

ACCOUNT = "confluentcloud:index/serviceAccount:ServiceAccount"
ACL = "confluentcloud:index/kafkaAcl:KafkaAcl"
API_KEY = "confluentcloud:index/apiKey:ApiKey"
CLUSTER = "confluentcloud:index/kafkaCluster:KafkaCluster"
CONNECTOR = "confluentcloud:index/connector:Connector"
ROLE_BINDING = "confluentcloud:index/roleBinding:RoleBinding"
STATEMENT = "confluentcloud:index/flinkStatement:FlinkStatement"

SINKS = ("RedshiftSink", "OpenSearchSink", "SnowflakeSink")
SOURCE_TABLES = ("AUTH_USER", "USER_TRANSACTION", "PAYMENT_OUTCOME")
APPEND_TOPICS = ("auth_user", "user_transaction", "payment_outcome", "payment_score")
"""Topics whose records are never updated or deleted."""

CHANGING_OPERATIONS = ("ALL", "ALTER", "ALTER_CONFIGS", "DELETE", "CLUSTER_ACTION")
ADMINISTRATORS = ("OrganizationAdmin", "EnvironmentAdmin", "AccountAdmin", "ResourceKeyAdmin", "BillingAdmin")
REPLACED_ON = {
    STATEMENT: ("properties", "statementName", "#initerror"),
    CONNECTOR: ("configNonsensitive.name", "#initerror"),
}
"""`#initerror` marks a failed creation: without it, the next `up` accepts the failed resource."""

LONGEST_CREATE = 3600  # seconds; the providers' own defaults are 6 hours and a day


@resource_control(ACL, fix="allow one operation on the topic, group or prefix that the account needs")
def acls_allow_one_thing(resource: Resource) -> Iterator[str]:
    """A Kafka ACL allows a named account one operation, other than administration, on a named resource or prefix."""
    operation, name, principal = (resource.get(key) for key in ("operation", "resourceName", "principal"))
    if operation in CHANGING_OPERATIONS:
        yield f"{operation} is allowed"
    if name in ("", "*"):
        yield "it applies to every resource"
    if principal == "User:*":
        yield "it applies to everyone"


@resource_control(ROLE_BINDING, fix="bind a role of the resource: DeveloperRead, DeveloperWrite, FlinkDeveloper")
def no_confluent_administrators(resource: Resource) -> Iterator[str]:
    """No account administers the organization or an environment."""
    if resource.get("roleName") in ADMINISTRATORS:
        yield f"{resource.get('principal')} is {resource.get('roleName')}"


@stack_control(severity="critical", fix="bind DeveloperRead, DeveloperWrite or DeveloperManage on named topics")
def cluster_administrators_are_few(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Only the provisioner administers a cluster, and on Basic, which has no smaller role, Flink's account."""
    basic = {cluster.urn for cluster in stack.of_type(CLUSTER) if cluster.get("basic") is not None}
    for binding in stack.of_type(ROLE_BINDING):
        if binding.get("roleName") != "CloudClusterAdmin":
            continue
        for account in stack.of_type(ACCOUNT):
            allowed = ("-provisioner", "-flink-runner") if basic & binding.dependencies else ("-provisioner",)
            if account.urn in binding.dependencies and not account.name.endswith(allowed):
                yield binding, f"{account.name} administers the cluster"


@resource_control(API_KEY, severity="medium", fix="let a service account own the key")
def api_keys_belong_to_service_accounts(resource: Resource) -> Iterator[str]:
    """API keys belong to service accounts: a person's key is deleted with the person's account."""
    if not one_of(resource.get("owner", "kind"), "ServiceAccount"):
        yield "the key belongs to a person"


@resource_control(CONNECTOR, severity="critical", fix="move the key to config_sensitive")
def connector_secrets_are_sensitive(resource: Resource) -> Iterator[str]:
    """A connector's passwords and keys are in its sensitive configuration."""
    config: Value = resource.get("configNonsensitive")
    for key in config if isinstance(config, Mapping) else ():
        if names_a_secret(key):
            yield f"{key} is in configNonsensitive"


@resource_control(CONNECTOR, fix="set errors.deadletterqueue.topic.name and errors.tolerance=all")
def sinks_have_dead_letters(resource: Resource) -> Iterator[str]:
    """A sink sends records that it cannot write to a dead-letter topic and continues."""
    config = resource.get("configNonsensitive")
    if get(config, "connector.class") in SINKS:
        if absent(get(config, "errors.deadletterqueue.topic.name")):
            yield "there is no dead-letter topic"
        if not one_of(get(config, "errors.tolerance"), "all"):
            yield "one bad record stops the sink"


@resource_control(CONNECTOR, fix=f"give it only {', '.join(APPEND_TOPICS)}; alerts go to OpenSearch and Snowflake")
def redshift_takes_append_topics(resource: Resource) -> Iterator[str]:
    """The Redshift sink reads only append topics, because it only inserts."""
    config = resource.get("configNonsensitive")
    if get(config, "connector.class") == "RedshiftSink":
        topics = text(get(config, "topics")).replace(" ", "").split(",")
        yield from (f"{topic} is updated" for topic in topics if topic and topic not in APPEND_TOPICS)


@resource_control(CONNECTOR, severity="critical", fix="list the published columns by name in column.include.list")
def source_publishes_no_passwords(resource: Resource) -> Iterator[str]:
    """The source connector publishes neither passwords nor columns that are added or renamed later."""
    config = resource.get("configNonsensitive")
    listed = get(config, "column.include.list")
    if get(config, "connector.class") != "OracleXStreamSource" or isinstance(listed, Opaque):
        return
    patterns = [one.strip() for one in text(listed).split(",") if one.strip()]
    if not patterns:
        yield "every column is published, future ones included"
    for column in ("AUTH_USER.PASSWORD", *(f"{table}.ADDED_TOMORROW" for table in SOURCE_TABLES)):
        if any(re.fullmatch(pattern, f"SAMPLE.{column}", re.IGNORECASE) for pattern in patterns):
            yield f"the column {column} is published"


@stack_control(fix="give the connector its own service account: kafka.auth.mode SERVICE_ACCOUNT")
def connectors_have_own_accounts(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Each connector has its own service account."""
    seen: dict[str, Resource] = {}
    for connector in stack.of_type(CONNECTOR):
        config = connector.get("configNonsensitive")
        if not one_of(get(config, "kafka.auth.mode"), "SERVICE_ACCOUNT"):
            yield connector, "the connector has no service account"
        account = text(get(config, "kafka.service.account.id"))
        if account in seen:
            yield connector, f"it shares the account of {seen[account].name}"
        elif account:
            seen[account] = connector


@resource_control(STATEMENT, CONNECTOR, fix="set delete_before_replace=True")
def old_ones_are_deleted_first(resource: Resource) -> Iterator[str]:
    """A Flink statement or connector is deleted before its replacement is created."""
    if not resource.options.delete_before_replace:
        yield "the old and the new one would write at the same time"


@resource_control(STATEMENT, CONNECTOR, severity="medium", fix='set custom_timeouts=CustomTimeouts(create="20m")')
def creation_has_a_time_limit(resource: Resource) -> Iterator[str]:
    """Creating a Flink statement or connector fails within an hour if it hangs."""
    seconds = resource.options.timeouts.get("create", 0)
    if not 0 < seconds <= LONGEST_CREATE:
        yield "a hanging creation fails only after hours"


@resource_control(STATEMENT, CONNECTOR, plan_only=True, fix="add the path in the message to replace_on_changes")
def refused_changes_replace(resource: Resource) -> Iterator[str]:
    """A change that the service refuses replaces the Flink statement or connector."""
    for path in REPLACED_ON[resource.type]:
        if path not in resource.options.replace_on_changes:
            yield f"a change of {path} fails; it must replace"


@resource_control(
    "confluentcloud:index/kafkaTopic:KafkaTopic", severity="medium", fix="set cleanup.policy or retention.ms"
)
def topic_records_expire(resource: Resource) -> Iterator[str]:
    """A topic is compacted, or its records expire."""
    config = resource.get("config")
    policy = get(config, "cleanup.policy")
    compacted = isinstance(policy, Opaque) or "compact" in text(policy)
    if not compacted and get(config, "retention.ms") in ("-1", -1):
        yield "the records never expire"
