"""RedshiftTarget: closed, encrypted, logged; a sink user a slot, whose password the database is told as a hash."""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.credential_slots import CredentialSlots
from components.sinks.redshift import sql as redshift_sql
from components.sinks.redshift.settings import RedshiftSettings
from components.sinks.redshift.store import RedshiftTarget, RedshiftTargetArgs
from tests.unit.arguments import KEY, arguments
from tests.unit.mocks import is_secret
from tests.unit.sink_mocks import Deployment, deploy


def args(**changes: Any) -> RedshiftTargetArgs:
    wanted = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "confluent_prefix_list_id": "pl-1",
    }
    return arguments(RedshiftTargetArgs, RedshiftSettings, **wanted | changes)


def deployed(**changes: Any) -> Deployment:
    return deploy(lambda: RedshiftTarget("fraud-dev-redshift", args(**changes)) and None)


def test_the_cluster_is_encrypted_private_by_its_routing_and_keeps_its_own_admin_password() -> None:
    made = deployed()
    cluster = made.only(":Cluster")
    expected = {
        "clusterIdentifier": "fraud-dev-redshift",
        "encrypted": "true",
        "kmsKeyId": KEY,
        "manageMasterPassword": True,
        "masterPasswordSecretKmsKeyId": KEY,
        "enhancedVpcRouting": True,
        "publiclyAccessible": True,
        "port": 5439,
        "nodeType": "ra3.large",
        "clusterType": "single-node",
        "numberOfNodes": 1,
        "automatedSnapshotRetentionPeriod": 7,
        "vpcSecurityGroupIds": ["fraud-dev-redshift-group-id"],
        "clusterSubnetGroupName": "fraud-dev-redshift",
        "clusterParameterGroupName": "fraud-dev-redshift",
    }
    assert {key: cluster.get(key) for key in expected} == expected
    assert "masterPassword" not in cluster, "the admin's password is the cluster's own: manage_master_password"
    assert made.only(":SubnetGroup")["subnetIds"] == ["subnet-1", "subnet-2"]


def test_more_nodes_make_a_multi_node_cluster() -> None:
    cluster = deployed(nodes=2).only(":Cluster")
    assert (cluster["clusterType"], cluster["numberOfNodes"]) == ("multi-node", 2)


def test_tls_is_required_and_activity_is_logged() -> None:
    made = deployed()
    settings = {one["name"]: one["value"] for one in made.only(":ParameterGroup")["parameters"]}
    assert settings == {"require_ssl": "true", "enable_user_activity_logging": "true"}
    logging = made.only(":Logging")
    assert logging["logDestinationType"] == "cloudwatch"
    assert sorted(logging["logExports"]) == ["connectionlog", "useractivitylog", "userlog"]
    groups = made.of_type(":LogGroup")
    names = {f"/aws/redshift/cluster/fraud-dev-redshift/{kind}" for kind in logging["logExports"]}
    assert {group["name"] for group in groups.values()} == names, "Redshift would make other groups, without a key"
    for name, group in groups.items():
        assert group["kmsKeyId"] == KEY and group["retentionInDays"] == 30, name
    assert made.options["fraud-dev-redshift-logging"].depends_on >= set(groups)


def test_confluent_s_prefix_list_is_the_only_way_in_and_there_is_none_out() -> None:
    made = deployed()
    rule = made.only(":SecurityGroupIngressRule")
    assert (rule["prefixListId"], rule["fromPort"], rule["toPort"], rule["ipProtocol"]) == ("pl-1", 5439, 5439, "tcp")
    assert rule["securityGroupId"] == "fraud-dev-redshift-group-id" and rule["description"]
    assert "cidrIpv4" not in rule and not made.of_type(":SecurityGroupEgressRule")


def test_a_private_cluster_has_no_public_endpoint_and_no_way_in() -> None:
    made = deployed(confluent_prefix_list_id=None)
    assert made.only(":Cluster")["publiclyAccessible"] is False
    assert not made.of_type(":SecurityGroupIngressRule")


def test_every_resource_is_a_child_of_the_component() -> None:
    options = deployed(slots=CredentialSlots("ab")).options
    strangers = {name for name, one in options.items() if one.parent != "fraud-dev-redshift"} - {"fraud-detection-test"}
    assert strangers == {"fraud-dev-redshift"}, "without a parent it has neither its providers nor its place"


@pytest.mark.parametrize("protect", [True, False])
def test_only_a_protected_cluster_leaves_a_last_snapshot(protect: bool) -> None:
    made = deployed(protect=protect)
    cluster = made.only(":Cluster")
    assert cluster["skipFinalSnapshot"] is not protect
    assert cluster.get("finalSnapshotIdentifier", "").startswith("fraud-dev-redshift-final-") is protect
    protected = {name for name, options in made.options.items() if options.protect}
    assert protected == ({"fraud-dev-redshift-cluster"} if protect else set())


def test_the_schema_and_the_grants_of_the_sink_user() -> None:
    sql = redshift_sql.procedure(CredentialSlots("a"))
    for line in (
        "CREATE SCHEMA IF NOT EXISTS sample;",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        "CREATE USER cflt_sink_a PASSWORD DISABLE;",
        "ALTER USER cflt_sink_a SET search_path TO sample;",
        "ALTER USER cflt_sink_b SET search_path TO sample;",
        "GRANT USAGE, CREATE ON SCHEMA sample TO cflt_sink_a, cflt_sink_b;",
        "ALTER DEFAULT PRIVILEGES FOR USER cflt_sink_a IN SCHEMA sample GRANT ALL ON TABLES TO cflt_sink_b;",
        "ALTER DEFAULT PRIVILEGES FOR USER cflt_sink_b IN SCHEMA sample GRANT ALL ON TABLES TO cflt_sink_a;",
    ):
        assert f"  {line}\n" in sql, f"missing from the set-up: {line}"
    assert sql.count("GRANT") == 3, "a grant more than the connector needs"
    assert ":" not in sql, "the Data API takes a colon for a parameter"


@pytest.mark.parametrize(("text", "disabled"), [("a", {"b"}), ("ab", set()), ("ba", set()), ("b", {"a"})])
def test_a_slot_that_is_gone_has_no_password(text: str, disabled: set[str]) -> None:
    sql = redshift_sql.procedure(CredentialSlots(text))
    assert {slot for slot in "ab" if f"  ALTER USER cflt_sink_{slot} PASSWORD DISABLE;" in sql} == disabled


def test_a_changed_set_up_is_also_run() -> None:
    assert redshift_sql.call(CredentialSlots("a")) != redshift_sql.call(CredentialSlots("ab"))
    assert redshift_sql.call(CredentialSlots("a")).startswith("CALL public.set_up_sink()")


def test_redshift_is_told_a_salted_hash_and_not_the_password() -> None:
    salt = "00ff10" + "5a" * 29
    digest = hashlib.sha256(b"hush-hush\x00\xff\x10" + b"\x5a" * 29).hexdigest()
    assert redshift_sql.set_password("a", "hush-hush", salt) == (
        f"ALTER USER cflt_sink_a PASSWORD 'sha256|{digest}|{salt}'"
    )


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_salt_of_another_size_than_redshift_documents_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="salt: Redshift takes 64 hexadecimal digits"):
        redshift_sql.set_password("a", "hush-hush", "0a" * size)


@pytest.mark.parametrize("text", ["a", "ab", "ba", "b"])
def test_every_slot_has_its_password_and_the_connector_uses_the_active_one(text: str) -> None:
    found: list[Any] = []

    def program() -> Any:
        connection = RedshiftTarget("fraud-dev-redshift", args(slots=CredentialSlots(text))).connection
        found.extend([connection.user, connection.database, [ready._name for ready in connection.ready]])
        return pulumi.Output.all(connection.host, connection.password).apply(found.extend)

    made = deploy(program)
    user, database, ready, host, password = found
    assert user == f"cflt_sink_{text[0]}" and password == f"hush-fraud-dev-redshift-password-{text[0]}"
    assert database == made.only(":Cluster")["databaseName"]
    assert host == "fraud-dev-redshift.abc123.us-east-1.redshift.amazonaws.com", "the connector wants no port"
    statements = made.of_type(":Statement")
    steps = ["procedure", "call", *(f"password-{slot}" for slot in sorted(text))]
    names = [f"fraud-dev-redshift-sql-{step}" for step in steps]
    assert set(statements) == set(names)
    assert set(ready) == {"fraud-dev-redshift-from-confluent", names[-1]}, "the sink waits for the way in and its user"
    for before, after in itertools.pairwise(names):
        assert before in made.options[after].depends_on, f"{after} must run after {before}"


def test_statements_run_as_the_admin_and_carry_no_password() -> None:
    made = deployed(slots=CredentialSlots("ab"))
    for name, statement in made.of_type(":Statement").items():
        assert statement["clusterIdentifier"] == "fraud-dev-redshift" and statement["database"] == "fraud", name
        assert ":secret:redshift!" in statement["secretArn"], f"{name}: a new cluster must run it again"
        assert is_secret(statement["sql"]) is ("password" in name), f"{name}: a hash of a password stays secret"
        assert "hush" not in str(statement["sql"]), f"{name}: the password itself stands in the SQL text"


def test_the_schedule_may_pause_and_resume_this_cluster_only() -> None:
    made = deployed(pause="cron(0 19 ? * MON-FRI *)", resume="cron(0 6 ? * MON-FRI *)")
    (statement,) = json.loads(made.only(":RolePolicy")["policy"])["Statement"]
    assert statement["Action"] == ["redshift:PauseCluster", "redshift:ResumeCluster"]
    assert statement["Resource"].endswith(":cluster:fraud-dev-redshift")
    trust = json.loads(made.only(":Role")["assumeRolePolicy"])["Statement"]
    assert [one["Principal"] for one in trust] == [{"Service": "scheduler.redshift.amazonaws.com"}]
    actions = made.of_type(":ScheduledAction")
    assert actions["fraud-dev-redshift-pause"]["schedule"] == "cron(0 19 ? * MON-FRI *)"
    assert actions["fraud-dev-redshift-pause"]["targetAction"] == {
        "pauseCluster": {"clusterIdentifier": "fraud-dev-redshift"}
    }
    assert actions["fraud-dev-redshift-resume"]["schedule"] == "cron(0 6 ? * MON-FRI *)"
    assert actions["fraud-dev-redshift-resume"]["targetAction"] == {
        "resumeCluster": {"clusterIdentifier": "fraud-dev-redshift"}
    }


def test_without_a_schedule_the_cluster_keeps_running() -> None:
    assert not deployed().of_type(":ScheduledAction")


@pytest.mark.parametrize("text", ["0 19 * * *", "rate(0 19 ? * * *)", "cron(0 19 ? * * *", "cron(0 19 * * *)"])
def test_a_schedule_that_aws_would_not_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="a schedule such as"):
        RedshiftSettings(pause=text, resume="cron(0 6 ? * MON-FRI *)")


def test_the_cluster_comes_after_the_way_to_the_internet_and_its_fixed_name_is_free_before_a_replacement() -> None:
    def program() -> None:
        gateway = aws.ec2.InternetGateway("internet", vpc_id="vpc-1")
        RedshiftTarget("fraud-dev-redshift", args(network_ready=[gateway]))

    options = deploy(program).options["fraud-dev-redshift-cluster"]
    assert "internet" in options.depends_on
    assert options.delete_before_replace, "two clusters of one name cannot be there at a time"
