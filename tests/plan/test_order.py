"""The order of resources: a missing dependency looks harmless in a diff, but breaks a deploy or a destroy."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from plan import Plan, Resource
from tests.plans import before, named, recorded

CONNECTOR, TOPIC, COMMAND = (
    "confluentcloud:index/connector:Connector",
    "confluentcloud:index/kafkaTopic:KafkaTopic",
    "command:local:Command",
)
STACKS = ("dev", "prod")

# Type and name of a resource, names of those it needs (which also outlive it on destroy), and why. `~` marks names of
# the streaming layer; others belong to the platform.
ORDER = [
    ("NatGateway", "network-nat-*", "network-internet", "it has no way out before"),
    ("VpcEndpoint", "network-*[!3]", "network-endpoints-https", "the service's name leads there at once"),
    ("FlowLog", "network-flow-logs", "network-flow-logs-policy", "the first hours would be missing"),
    (
        "Instance",
        "oracle",
        "oracle-ssm oracle-policy oracle-to-https network-data-a-internet",
        "its agent seldom retries",
    ),
    ("LoadBalancer", "oracle-nlb", "network-internet", "AWS refuses it while the VPC has no gateway"),
    ("LifecyclePolicy", "oracle-snapshots", "oracle-snapshots-dlm", "a run without rights leaves it in ERROR"),
    (
        "Command",
        "oracle-ready",
        "oracle-data-attachment oracle-passwords-version oracle-bootstrap oracle oracle-log",
        "the bootstrap uses them",
    ),
    ("redshift/cluster:Cluster", "redshift-cluster", "network-internet network-public-?-association", "it is public"),
    ("Logging", "redshift-logging", "redshift-*log", "Redshift would make groups without a key"),
    ("Statement", "redshift-sql-call", "redshift-sql-procedure", "it calls the procedure"),
    ("Statement", "redshift-sql-password-a", "redshift-sql-call", "two at once conflict in the catalogue"),
    ("ScheduledAction", "redshift-*", "redshift-scheduler-rights", "the first pause would fail"),
    ("Domain", "opensearch-domain", "opensearch-logs", "it is refused while it may not write its logs"),
    ("Execute", "snowflake-*_*", "snowflake-analyst-future-*", "a grant on future tables has none of the present"),
    *(
        (kind, f"snowflake-{name}", f"snowflake-{topic}-columns snowflake-{topic}", "it needs the table")
        for topic in ("flagged_user", "fraud_alert", "fraud_episode")
        for kind, name in (("View", f"{topic}-latest"), ("GrantPrivilegesToAccountRole", f"sink-{topic}"))
    ),
    (
        "eks:index:Cluster",
        "app-cluster",
        "app-*-role-amazon* app-cluster-logs network-app-?-internet",
        "its nodes and load balancers need them to the end",
    ),
    ("SecurityGroupIngressRule", "app-oracle-ingress", "app-cluster", "its group goes with the cluster"),
    ("Job", "app-seed", "oracle-ready app-oracle-ingress", "it needs the database, and the way to it"),
    (
        "Job",
        "app-seed",
        "app-network-policies-on app-deny-all app-from-load-balancer app-to-*",
        "a pod without them may reach anything",
    ),
    ("Deployment", "app-*", "app-seed", "there are no tables before"),
    ("HorizontalPodAutoscaler", "app-scaling", "app-metrics-server", "auto mode has no metrics of its own"),
    (
        "Ingress",
        "app-ingress",
        "app-service app-web app-ingress-class app-load-balancer app-kubernetes app-cluster app-cluster-role"
        " app-*-role-amazon* network-public-? network-app-? network-public-internet",
        "on destroy its load balancer needs them until it is gone",
    ),
    ("Connector", "~*", "~cleanup", "the clean-up comes last on destroy, when nothing writes any more"),
    (
        "Connector",
        "~oracle-xstream",
        "oracle-ready oracle-listener oracle-target oracle-nlb-from-confluent oracle-nlb-to-host oracle-from-nlb",
        "it may try to connect before",
    ),
    ("Connector", "~redshift", "redshift-sql-password-a redshift-from-confluent", "it may try to connect before"),
    ("Connector", "~opensearch", "opensearch-setup", "it may try to connect before"),
    (
        "Connector",
        "~snowflake",
        "snowflake-sink-role-of-user snowflake-sink-database snowflake-sink-schema snowflake-sink-*_*",
        "it may try to connect before",
    ),
    *(
        ("Connector", f"~{name}", f"~{name}-topic-* ~{name}-group-* ~{name}-cluster-*", "refused once, it stays failed")
        for name in ("oracle-xstream", "redshift", "opensearch", "snowflake")
    ),
    ("Connector", "~*[!m]", "~cleaned ~fraud", "a sink may start before its topics flow"),
    ("Command", "~source-running", "~oracle-xstream", "it waits for the source"),
    ("Command", "~subjects-present", "~source-running app-seed", "without a payment there is no schema to wait for"),
    *(
        (kind, name, "~subjects-present ~runner-* ~schema-* ~cleanup", "it finds no table, right or schema before")
        for kind, name in (("FlinkStatement", "~*"), ("Command", "~*user-*"))
    ),
    ("FlinkStatement", "~*", "~auth-user-options ~user-transaction-*", "it reads the tables as they are altered"),
    ("Command", "~user-transaction-offset", "~user-transaction-options", "each begins with what the last one left"),
    ("Command", "~user-transaction-seq", "~user-transaction-offset", "each begins with what the last one left"),
    ("Command", "~user-transaction-watermark", "~user-transaction-seq", "each begins with what the last one left"),
]


def is_made(resource: Resource) -> bool:
    """Components do not count: they have no dependencies, and often share the name of a child."""
    return not resource.type.startswith("fraud:")


def matching(plan: Plan, pattern: str, token: str = "") -> Iterator[Resource]:
    full = pattern.replace("~", f"fd-{plan.stack}-") if "~" in pattern else f"fraud-{plan.stack}-{pattern}"
    return (one for one in plan.resources if is_made(one) and one.type.endswith(token) and fnmatchcase(one.name, full))


@pytest.mark.parametrize(("token", "later", "needed", "why"), ORDER)
def test_resources_are_created_after_and_deleted_before_their_needs(
    token: str, later: str, needed: str, why: str
) -> None:
    found = [(plan, one) for plan in map(recorded, STACKS) for one in matching(plan, later, token)]
    assert found, f"no plan has a {token} {later}: correct the name here"
    for plan, one in found:
        wanted = {pattern: {other.name for other in matching(plan, pattern)} for pattern in needed.split()}
        assert all(wanted.values()), f"{plan.stack} lacks one of {needed}: correct the name here"
        missing = set().union(*wanted.values()) - before(plan, [one]) - {one.name}
        assert not missing, f"{one.name}: make it depend on {sorted(missing)}: {why}"


@pytest.fixture(params=STACKS)
def plan(request: pytest.FixtureRequest) -> Plan:
    return recorded(request.param)


def test_the_volume_outlives_the_host(plan: Plan) -> None:
    volume = named(plan, "aws:ebs/volume:Volume", "oracle-data")
    assert f"fraud-{plan.stack}-oracle" not in before(plan, [volume])


def test_payments_are_read_in_their_order(plan: Plan) -> None:
    partitions = named(plan, TOPIC, "fd.SAMPLE.USER_TRANSACTION").inputs["partitionsCount"]
    assert partitions == 1, "an account's payments would be in several partitions, and read out of order"


def test_a_deploy_ends_only_when_every_connector_runs(plan: Plan) -> None:
    waited_for = {gate.inputs.get("environment", {}).get("CONNECTOR") for gate in plan.of_type(COMMAND)}
    assert {connector.inputs["configNonsensitive"]["name"] for connector in plan.of_type(CONNECTOR)} <= waited_for


def test_the_clean_up_deletes_only_undeclared_topics(plan: Plan) -> None:
    environment = named(plan, COMMAND, "-cleanup").inputs["environment"]
    topics, subjects = (environment[f"{kind}_PREFIXES"].split(",") for kind in ("TOPIC", "SUBJECT"))
    for declared in (topic.inputs["topicName"] for topic in plan.of_type(TOPIC)):
        assert not declared.startswith(tuple(topics)), f"the clean-up would delete the declared topic {declared}"
    assert all(len(prefix) > 2 for prefix in (*topics, *subjects)), "a short prefix also matches other topics"
