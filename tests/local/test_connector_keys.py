"""The run honours or refuses each key, ACL and role of the plan; it ignores none."""

from __future__ import annotations

import pytest

from local import source
from local.apply.accounts import CONNECTOR, accounts
from local.apply.preflight import check
from local.errors import RunError
from local.sinks.twins import BY_CLASS
from plan.model import Plan, Resource
from tests.plans import recorded


@pytest.fixture(scope="module")
def plan() -> Plan:
    return recorded("dev")


def config_of(plan: Plan, kind: str) -> dict[str, str]:
    found = [item.inputs["configNonsensitive"] for item in plan.of_type(CONNECTOR)]
    return dict(next(config for config in found if config["connector.class"] == kind))


def changed(plan: Plan, name: str, **inputs: object) -> Plan:
    """The plan with other inputs for the resource whose name ends with `name`; without inputs it is removed."""
    resources = []
    for item in plan.resources:
        if item.name.endswith(name):
            if inputs.get("gone"):
                continue
            item = Resource(**{**vars(item), "inputs": {**item.inputs, **inputs}})
        resources.append(item)
    return Plan(plan.project, plan.stack, tuple(resources), plan.outputs)


@pytest.mark.parametrize("kind", sorted(BY_CLASS))
def test_the_plans_own_sinks_are_honoured(plan: Plan, kind: str) -> None:
    config = config_of(plan, kind)
    assert [topic.topic for topic in BY_CLASS[config["connector.class"]].settings(config).topics] == config[
        "topics"
    ].split(",")


def test_opensearch_keeps_method_and_null_behaviour_of_each_index(plan: Plan) -> None:
    local = BY_CLASS["OpenSearchSink"].settings(config_of(plan, "OpenSearchSink"))
    assert [(t.topic, t.method, t.on_null) for t in local.topics] == [
        ("flagged_user", "UPSERT", "DELETE"),
        ("fraud_alert", "UPSERT", "IGNORE"),
        ("fraud_episode", "UPSERT", "IGNORE"),
    ]


def test_the_source_keeps_the_keys_that_debezium_shares(plan: Plan) -> None:
    config = config_of(plan, source.SOURCE_CLASS)
    local = source.debezium(config, host="h", port=1, user="u", secret="s", database="d")
    for key in ("topic.prefix", "table.include.list", "column.include.list", "snapshot.mode", "tombstones.on.delete"):
        assert local[key] == config[key], key


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("topic.prefixx", "fd", "did you mean topic.prefix?"),
        ("snapshot.mode", "recovery", "can honour initial, no_data"),
        ("output.data.format", "JSON_SR", "can honour AVRO"),
        ("time.precision.mode", "adaptive", "can honour connect"),
    ],
)
def test_an_unknown_key_or_value_is_refused(plan: Plan, key: str, value: str, message: str) -> None:
    config = {**config_of(plan, source.SOURCE_CLASS), key: value}
    with pytest.raises(RunError) as caught:
        source.debezium(config, host="", port=0, user="", secret="", database="")
    assert message in str(caught.value) and key in str(caught.value)


def test_one_error_has_all_problems(plan: Plan) -> None:
    config = {**config_of(plan, "RedshiftSink"), "batch.sise": "1", "db.timezone": "CET"}
    del config["topics"]
    with pytest.raises(RunError) as caught:
        BY_CLASS[config["connector.class"]].settings(config)
    for part in ("batch.sise", "did you mean batch.size?", "db.timezone is 'CET'", "topics is missing"):
        assert part in str(caught.value), part


def test_the_unchanged_plan_passes(plan: Plan) -> None:
    check(plan, accounts(plan))


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        (
            "redshift-topic-auth-user-read",
            {"gone": True},
            "fd-dev-redshift: sa-fd-dev-redshift may not READ TOPIC auth_user",
        ),
        ("runner-cloudclusteradmin-cluster", {"gone": True}, "may not WRITE TOPIC fraud_alert"),
        ("app-topic-fraud-alert-read", {"permission": "DENY"}, "app: sa-fraud-dev-app may not READ TOPIC fraud_alert"),
        ("topic-dead_letter", {"topicName": "other"}, "uses topic dead_letter, which the plan does not declare"),
        ("topic-fraud_alert", {"topicName": "alerts"}, "declares no topic fraud_alert"),
    ],
)
def test_a_missing_topic_or_acl_is_found_before_the_start(
    plan: Plan, name: str, inputs: dict[str, object], message: str
) -> None:
    broken = changed(plan, name, **inputs)
    with pytest.raises(RunError) as caught:
        check(broken, accounts(broken))
    assert message in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        ("developerread-topic-fd.sample.user_transaction", "may not READ TOPIC fd.SAMPLE.USER_TRANSACTION"),
        ("developerread-topic-fraud_alert", "may not READ TOPIC fraud_alert"),
        ("developerwrite-topic-fraud_alert", "may not WRITE TOPIC fraud_alert"),
        ("developermanage-topic-fraud_alert", "may not ALTER TOPIC fraud_alert"),
        ("developerwrite-topic-error_log", "may not WRITE TOPIC error_log"),
        ("developermanage-topic-error_log", "may not CREATE TOPIC error_log"),
        ("developermanage-topic-fd.sample.user_transaction", "may not ALTER TOPIC fd.SAMPLE.USER_TRANSACTION"),
        ("transactional-id-_confluent-flink_", "may not WRITE TRANSACTIONAL_ID _confluent-flink_fraud_alert"),
    ],
)
def test_a_missing_role_binding_is_found_before_the_start(binding: str, message: str) -> None:
    """Production's cluster has roles on topics, and needs each of them."""
    plan = recorded("prod")
    check(plan, accounts(plan))
    broken = changed(plan, binding, gone=True)
    with pytest.raises(RunError) as caught:
        check(broken, accounts(broken))
    assert f"flink: sa-fraud-prod-flink-runner {message}" in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    ("role", "pattern", "message"),
    [
        (
            "Operator",
            "crn:/cloud-cluster=lkc-1/kafka=lkc-1/topic=a",
            "knows no role Operator on a topic; it knows",
        ),
        ("DeveloperWrite", "crn:/cloud-cluster=lkc-1/kafka=lkc-1/group=a", "it knows DeveloperRead, DeveloperManage"),
        ("DeveloperRead", "crn:/cloud-cluster=lkc-1", "knows no role DeveloperRead on a cluster"),
        ("DeveloperRead", "crn:/cloud-cluster=lkc-1/kafka=lkc-1/share=a", "names nothing that the local run knows"),
    ],
)
def test_an_unknown_role_is_refused(plan: Plan, role: str, pattern: str, message: str) -> None:
    broken = changed(plan, "runner-cloudclusteradmin-cluster", roleName=role, crnPattern=pattern)
    with pytest.raises(RunError) as caught:
        check(broken, accounts(broken))
    assert message in str(caught.value), str(caught.value)


def test_an_unknown_connector_class_names_the_known_ones(plan: Plan) -> None:
    config = {**config_of(plan, "SnowflakeSink"), "connector.class": "MySqlSink"}
    broken = changed(plan, "fd-dev-snowflake", configNonsensitive=config)
    with pytest.raises(
        RunError, match=r"class 'MySqlSink' has no local twin; known: OracleXStreamSource, RedshiftSink"
    ):
        check(broken, accounts(broken))
