"""What must hold for the streaming part of every stack's plan, whatever else changes in it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from local.apply.alterations import as_statements
from plan import Plan, Resource, record
from plan.commands import ROOT
from plan.diff import compare
from plan.golden.form import golden
from tests.plan.conftest import Configured
from tests.plans import STACKS, recorded

TOPIC, ACL, ROLE, CONNECTOR, STATEMENT, COMMAND = (
    "confluentcloud:index/kafkaTopic:KafkaTopic",
    "confluentcloud:index/kafkaAcl:KafkaAcl",
    "confluentcloud:index/roleBinding:RoleBinding",
    "confluentcloud:index/connector:Connector",
    "confluentcloud:index/flinkStatement:FlinkStatement",
    "command:local:Command",
)


@pytest.fixture(scope="module", params=STACKS)
def plan(request: pytest.FixtureRequest) -> Plan:
    return recorded(request.param)


def before(plan: Plan, resource: Resource) -> set[str]:
    """Names of all resources that must be there before this one."""
    by_urn, found, todo = plan.by_urn(), set[str](), [resource]
    while todo:
        for urn in todo.pop().dependencies:
            if urn in by_urn and by_urn[urn].name not in found:
                found.add(by_urn[urn].name)
                todo.append(by_urn[urn])
    return found


def named(plan: Plan, token: str, end: str) -> Resource:
    (found,) = [resource for resource in plan.of_type(token) if resource.name.endswith(end)]
    return found


def test_each_connector_has_an_account_of_its_own(plan: Plan) -> None:
    accounts = [c.inputs["configNonsensitive"]["kafka.service.account.id"] for c in plan.of_type(CONNECTOR)]
    assert len(accounts) == 4 and len(set(accounts)) == 4, "a shared account may do what either connector needs"


def test_payments_are_read_in_their_order(plan: Plan) -> None:
    partitions = {t.inputs["topicName"]: t.inputs["partitionsCount"] for t in plan.of_type(TOPIC)}
    assert partitions["fd.SAMPLE.USER_TRANSACTION"] == 1, "an account's payments would be spread, and read too late"
    assert partitions["user_transaction"] == {"dev": 3, "prod": 12}[plan.stack]


def test_flink_has_roles_and_no_acls(plan: Plan) -> None:
    """Flink knows no ACLs; a Basic cluster has no roles on topics, so there its account administers the cluster."""
    assert [acl.name for acl in plan.of_type(ACL) if acl.inputs["principal"].endswith("-flink-runner")] == []
    admins = {
        binding.inputs["principal"].rpartition(f"-{plan.stack}-")[2]
        for binding in plan.of_type(ROLE)
        if binding.inputs["roleName"] == "CloudClusterAdmin"
    }
    assert admins == ({"provisioner"} if plan.stack == "prod" else {"provisioner", "flink-runner"})
    runner = [
        binding.inputs
        for binding in plan.of_type("confluentcloud:index/roleBinding:RoleBinding")
        if "/kafka=" in binding.inputs["crnPattern"]
    ]
    found = {
        (binding["roleName"], binding["crnPattern"].partition("/kafka=")[2].partition("/")[2]) for binding in runner
    }
    if plan.stack != "prod":
        assert found == set(), "a Basic cluster refuses roles on topics"
        return
    for topic in ("auth_user", "user_transaction", "flagged_user", "fraud_alert"):
        assert {("DeveloperRead", f"topic={topic}"), ("DeveloperWrite", f"topic={topic}")} <= found, topic
    assert ("DeveloperRead", "topic=fd.SAMPLE.USER_TRANSACTION") in found
    assert ("DeveloperWrite", "topic=fd.SAMPLE.USER_TRANSACTION") not in found, "the statements only read the payments"
    assert ("DeveloperWrite", "transactional-id=_confluent-flink_*") in found
    assert not [role for role, on in found if on == "topic=*"], "name the topics"


def test_no_acl_allows_everything(plan: Plan) -> None:
    for acl in plan.of_type(ACL):
        inputs = acl.inputs
        assert inputs["operation"] not in ("ALL", "ALTER", "DELETE", "CLUSTER_ACTION"), f"{acl.name}: too much"
        assert inputs["resourceName"] not in ("*", ""), f"{acl.name}: name the resource"
        assert inputs["permission"] == "ALLOW" and inputs["principal"].startswith("User:sa-"), acl.name


def test_no_two_acls_are_the_same(plan: Plan) -> None:
    keys = ("principal", "resourceType", "resourceName", "patternType", "operation")
    counted = Counter(tuple(acl.inputs[key] for key in keys) for acl in plan.of_type(ACL))
    assert [acl for acl, count in counted.items() if count > 1] == []


def test_the_app_and_the_sinks_write_nothing_but_dead_letters_and_reports(plan: Plan) -> None:
    for acl in plan.of_type(ACL):
        account, inputs = acl.inputs["principal"], acl.inputs
        if inputs["resourceType"] == "TOPIC" and inputs["operation"] == "WRITE" and "runner" not in account:
            allowed = ("dead_letter", "success-lcc", "error-lcc")
            assert "oracle" in account or inputs["resourceName"] in allowed, f"{account} may write {acl.name}"


def test_a_changed_statement_replaces_the_old_one_first(plan: Plan) -> None:
    for statement in plan.of_type(STATEMENT):
        assert statement.options["deleteBeforeReplace"], f"{statement.name}: two INSERTs would run side by side"
        assert {"properties", "statementName"} <= set(statement.options["replaceOnChanges"]), "in place these fail"
        assert statement.options["customTimeouts"] == {"create": "20m"}, "the default of six hours hides a failure"


def test_a_connector_is_replaced_when_renamed_and_fails_in_time(plan: Plan) -> None:
    for connector in plan.of_type(CONNECTOR):
        assert "configNonsensitive.name" in connector.options["replaceOnChanges"]
        assert connector.options["customTimeouts"] == {"create": "30m"}, "the default is a day"


def test_a_table_is_altered_once_and_no_rotated_key_or_refresh_repeats_it(plan: Plan) -> None:
    """The service forgets a statement 30 days after it ended: as a FlinkStatement it could not be deleted any more."""
    altering = [command for command in plan.of_type(COMMAND) if "confluent.alter" in command.inputs["create"]]
    assert altering and not [one for one in plan.of_type(STATEMENT) if "ALTER" in one.inputs["statement"]]
    for command in altering:
        assert command.inputs["update"] == "true", "an update would run create again, and ADD twice fails"
        assert command.inputs["triggers"] == [command.inputs["environment"]["STATEMENT"]]
        assert command.inputs["delete"].endswith("components.confluent.alter delete")
        assert command.options["deleteBeforeReplace"], "both have one name"
        assert command.inputs["environment"]["FLINK_SECRET"] == "[secret]"
        (table,) = re.findall("ALTER TABLE `([^`]+)`", command.inputs["environment"]["STATEMENT"])
        assert f"fd-{plan.stack}-topic-{table}" in before(plan, command)


def test_what_failed_at_its_creation_is_made_anew(plan: Plan) -> None:
    """The engine keeps a FAILED one in its state, and takes it for good at the next `up` unless told otherwise."""
    for resource in (*plan.of_type(STATEMENT), *plan.of_type(CONNECTOR)):
        assert "#initerror" in resource.options["replaceOnChanges"], resource.name


def test_a_deploy_ends_only_when_every_connector_runs(plan: Plan) -> None:
    waited_for = {
        gate.inputs["environment"]["CONNECTOR"]
        for gate in plan.of_type(COMMAND)
        if "CONNECTOR" in gate.inputs.get("environment", {})
    }
    assert waited_for == {connector.inputs["configNonsensitive"]["name"] for connector in plan.of_type(CONNECTOR)}


def test_the_order_is_source_then_gates_then_statements_then_sinks(plan: Plan) -> None:
    stack = plan.stack
    running, present = f"fd-{stack}-source-running", f"fd-{stack}-subjects-present"
    assert f"fd-{stack}-oracle-xstream" in before(plan, named(plan, COMMAND, "source-running"))
    assert running in before(plan, named(plan, COMMAND, "subjects-present"))
    for gate in (named(plan, COMMAND, end) for end in ("source-running", "subjects-present")):
        assert gate.inputs["triggers"] == [f"lcc-fd-{stack}-oracle-xstream"], "a replaced connector is waited for anew"
    for statement in as_statements(plan).of_type(STATEMENT):
        assert present in before(plan, statement), f"{statement.name} may run before its tables exist"
    for sink in ("redshift", "opensearch", "snowflake"):
        needed = before(plan, named(plan, CONNECTOR, sink))
        assert {f"fd-{stack}-cleaned", f"fd-{stack}-fraud"} <= needed, f"{sink} may start before its topics flow"


def test_nothing_runs_before_the_rights_of_its_account(plan: Plan) -> None:
    """A connector or statement that is refused a topic fails, and stays failed when the right comes."""
    rights: dict[str, set[str]] = {}
    for right in (*plan.of_type(ACL), *plan.of_type(ROLE)):
        rights.setdefault(right.inputs["principal"].removeprefix("User:"), set()).add(right.name)
    for connector in plan.of_type(CONNECTOR):
        own = rights[connector.inputs["configNonsensitive"]["kafka.service.account.id"]]
        assert own and own <= before(plan, connector), f"{connector.name} may start without {own}"
    (runner,) = [account for account in rights if account.endswith("-flink-runner")]
    for statement in as_statements(plan).of_type(STATEMENT):
        assert rights[runner] <= before(plan, statement), f"{statement.name} may start without rights"


@pytest.mark.parametrize(
    ("connector", "store"),
    [
        ("oracle-xstream", {"oracle-ready", "oracle-listener", "oracle-nlb-from-confluent"}),
        ("redshift", {"redshift-sql-password-a", "redshift-from-confluent"}),
        ("opensearch", {"opensearch-setup"}),
        (
            "snowflake",
            {
                f"snowflake-sink-{part}"
                for part in ("role-of-user", "database", "schema", "flagged_user", "fraud_alert")
            },
        ),
    ],
)
def test_a_connector_waits_until_its_store_knows_it(plan: Plan, connector: str, store: set[str]) -> None:
    needed = before(plan, named(plan, CONNECTOR, connector))
    missing = {f"fraud-{plan.stack}-{part}" for part in store} - needed
    assert not missing, f"{connector} may try to connect before {missing}"


def test_statements_find_the_schemas_of_their_outputs(plan: Plan) -> None:
    schemas = {schema.name for schema in plan.of_type("confluentcloud:index/schema:Schema")}
    for statement in as_statements(plan).of_type(STATEMENT):
        assert schemas and schemas <= before(plan, statement), f"{statement.name} would make up its own schema"


def test_roles_are_the_least_that_their_accounts_need(plan: Plan) -> None:
    allowed = {
        "app": {"DeveloperRead"},
        "flink-deployer": {"FlinkDeveloper", "Assigner"},
        # A Basic cluster has no smaller role on Kafka than the last.
        "flink-runner": {"DeveloperRead", "DeveloperWrite", "DeveloperManage"}
        | ({"CloudClusterAdmin"} if plan.stack != "prod" else set()),
        "provisioner": {"CloudClusterAdmin", "ResourceOwner"},
    }
    prefix = f"User:sa-fraud-{plan.stack}-"
    for role in plan.of_type(ROLE):
        account, pattern = role.inputs["principal"].removeprefix(prefix), role.inputs["crnPattern"]
        assert role.inputs["roleName"] in allowed[account], f"{account} has {role.inputs['roleName']}"
        if account in ("app", "flink-runner") and role.inputs["roleName"] != "CloudClusterAdmin":
            named = r"/(subject=[\w.]+(\*|-value)|topic=[\w.]+|transactional-id=_confluent-flink_\*)$"
            assert re.search(named, pattern), f"{account}: name subjects and topics, not {pattern}"
        if role.inputs["roleName"] == "DeveloperManage":
            assert re.search(r"/topic=(fd\.SAMPLE\.\w+|error_log)$", pattern), f"{account} may manage {pattern}"


def test_the_clean_up_takes_away_what_nobody_declared_and_nothing_else(plan: Plan) -> None:
    cleanup = named(plan, COMMAND, "-cleanup").inputs
    assert cleanup["delete"] == ".venv/bin/python -m components.confluent.cleanup", "it would take away nothing"
    environment = cleanup["environment"]
    topics, subjects = (environment[f"{kind}_PREFIXES"].split(",") for kind in ("TOPIC", "SUBJECT"))
    for declared in (topic.inputs["topicName"] for topic in plan.of_type(TOPIC)):
        assert not declared.startswith(tuple(topics)), f"the clean-up would delete the declared topic {declared}"
    assert all(len(prefix) > 2 for prefix in (*topics, *subjects)), "a short prefix is that of somebody else's, too"


def test_the_password_of_users_never_leaves_the_database(plan: Plan) -> None:
    config = named(plan, CONNECTOR, "oracle-xstream").inputs["configNonsensitive"]
    listed = config["column.include.list"]
    assert "column.exclude.list" not in config, "Debezium takes one of the two"
    assert listed.startswith("SAMPLE[.]AUTH_USER[.](ID|LAST_LOGIN|") and "PASSWORD" not in listed
    assert "password" not in " ".join(config).lower(), "secrets belong into configSensitive"


def test_two_key_slots_are_two_keys_and_the_active_one_is_used(configured: Configured) -> None:
    plan = configured("dev", confluentSlots="ba")
    keys = [key.name for key in plan.of_type("confluentcloud:index/apiKey:ApiKey")]
    assert sorted(name[-1] for name in keys) == ["a"] * 5 + ["b"] * 5
    (provider,) = plan.of_type("pulumi:providers:confluentcloud")
    used = [urn.rpartition("::")[2] for urn in provider.property_dependencies["kafkaApiKey"]]
    assert "fraud-dev-provisioner-kafka-b" in used and "fraud-dev-provisioner-kafka-a" not in used, used


def test_a_comment_costs_nothing(tmp_path: Path) -> None:
    """A typo in one would replace its statement, which appends a week to the warehouse again."""
    for name in ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml", "stacks", "app"):
        (tmp_path / name).symlink_to(ROOT / name)
    # The program finds the SQL beside its components.
    for name in ("components", "flink_sql"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for path in (tmp_path / "flink_sql").rglob("*.sql"):
        lines = path.read_text(encoding="utf-8").splitlines()
        edited = [line.replace("-- ", "-- Now: ") if line.startswith("-- ") else f"{line}  -- ends" for line in lines]
        path.write_text("\n".join([*edited, "", "-- the end"]), encoding="utf-8")
    changed = record("dev", tmp_path, mode="update")
    assert compare(golden(recorded("dev")), golden(changed)) == []
