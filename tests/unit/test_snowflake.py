"""SnowflakeTarget: grants, keys a slot, and views that show what holds now, run on DuckDB with the very SQL text."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pulumi
import pytest

from components.aws_context import AwsContext
from components.contracts import (
    CLEANED_USER,
    FLAGGED_USER,
    FRAUD_ALERT,
    BigInt,
    Boolean,
    Column,
    Decimal,
    Integer,
    String,
    Table,
    Timestamp,
)
from components.contracts.snowflake import add_columns, create, latest
from components.credential_slots import CredentialSlots
from components.section import Section
from components.sinks.base import SinkTargetsArgs
from components.sinks.snowflake.settings import SnowflakeSettings
from components.sinks.snowflake.store import SnowflakeTarget, SnowflakeTargetArgs
from components.sinks.targets import SinkTargets
from tests.unit.arguments import CONTEXT, arguments
from tests.unit.sink_mocks import Deployment, deploy

ROOT = Path(__file__).resolve().parents[2]
NAME = "fraud-dev-snowflake"
PLACE = '"FRAUD"."STREAMING"'


def args(**changes: Any) -> SnowflakeTargetArgs:
    wanted = {"organization": "ORG", "account": "ACC", "database": "FRAUD", "confluent_prefixes": ["192.0.2.10/32"]}
    return arguments(SnowflakeTargetArgs, SnowflakeSettings, **wanted | changes)


def deployed(**changes: Any) -> Deployment:
    return deploy(lambda: SnowflakeTarget(NAME, args(**changes)) and None)


def grants(made: Deployment, role: str) -> set[tuple[str, str]]:
    """(privilege, on what) of every grant to a role."""
    found = set()
    for grant in made.of_type(":GrantPrivilegesToAccountRole").values():
        if grant["accountRoleName"] == role:
            assert not grant.get("allPrivileges") and not grant.get("withGrantOption"), grant
            found |= {(privilege, target(grant)) for privilege in grant["privileges"]}
    return found


def target(grant: dict[str, Any]) -> str:
    if one := grant.get("onAccountObject"):
        return f"{one['objectType']} {one['objectName']}"
    if one := grant.get("onSchema"):
        return f"SCHEMA {one['schemaName']}"
    one = grant["onSchemaObject"]
    if future := one.get("future"):
        return f"future {future['objectTypePlural']} in {future['inSchema']}"
    return f"{one['objectType']} {one['objectName']}"


def test_the_connector_s_role_may_write_this_schema_and_use_no_warehouse() -> None:
    assert grants(deployed(), "FRAUD_CFLT_SINK") == {
        ("USAGE", "DATABASE FRAUD"),
        ("USAGE", f"SCHEMA {PLACE}"),
        ("CREATE TABLE", f"SCHEMA {PLACE}"),
        ("CREATE STAGE", f"SCHEMA {PLACE}"),
        ("CREATE PIPE", f"SCHEMA {PLACE}"),
        ("INSERT", f'TABLE {PLACE}."FLAGGED_USER"'),
        ("EVOLVE SCHEMA", f'TABLE {PLACE}."FLAGGED_USER"'),
        ("INSERT", f'TABLE {PLACE}."FRAUD_ALERT"'),
        ("EVOLVE SCHEMA", f'TABLE {PLACE}."FRAUD_ALERT"'),
    }


def test_the_analysts_role_may_read_it_with_their_warehouse() -> None:
    assert grants(deployed(), "FRAUD_ANALYST") == {
        ("USAGE", "DATABASE FRAUD"),
        ("USAGE", "WAREHOUSE FRAUD_ANALYSIS"),
        ("USAGE", f"SCHEMA {PLACE}"),
        ("SELECT", f"future TABLES in {PLACE}"),
        ("SELECT", f"future VIEWS in {PLACE}"),
    }


def test_roles_are_granted_to_the_user_and_to_the_administrators() -> None:
    found = [
        (one["roleName"], one.get("userName"), one.get("parentRoleName"))
        for one in deployed().of_type(":GrantAccountRole").values()
    ]
    assert sorted(found, key=str) == [("FRAUD_ANALYST", None, "SYSADMIN"), ("FRAUD_CFLT_SINK", "FRAUD_CFLT_SINK", None)]


def test_the_user_is_a_service_that_comes_from_confluent_only() -> None:
    made = deployed()
    user = made.only(":ServiceUser")
    assert user["networkPolicy"] == "FRAUD_FROM_CONFLUENT" and user["defaultRole"] == "FRAUD_CFLT_SINK"
    assert user["defaultSecondaryRolesOption"] == "NONE", "its session would have every role of the user"
    policy = made.only(":NetworkPolicy")
    assert (policy["name"], policy["allowedIpLists"]) == ("FRAUD_FROM_CONFLUENT", ["192.0.2.10/32"])


@pytest.mark.parametrize("text", ["a", "ab", "ba", "b"])
def test_each_slot_has_a_key_pair_and_the_connector_the_active_one_s_body(text: str) -> None:
    found: list[Any] = []

    def program() -> Any:
        connection = SnowflakeTarget(NAME, args(slots=CredentialSlots(text))).connection
        found.extend([connection.url, connection.user, connection.role, connection.database, connection.schema])
        key = pulumi.Output.from_input(connection.private_key)
        return pulumi.Output.all(key, pulumi.Output.from_input(key.is_secret())).apply(found.extend)

    made = deploy(program)
    names = ["org-acc.snowflakecomputing.com:443", "FRAUD_CFLT_SINK", "FRAUD_CFLT_SINK", "FRAUD", "STREAMING"]
    assert found == [*names, f"secret{NAME}-key-{text[0]}", True], "the key's body alone, on one line, a secret"
    user = made.only(":ServiceUser")
    public = {"a": user.get("rsaPublicKey"), "b": user.get("rsaPublicKey2")}
    assert public == {slot: f"public{NAME}-key-{slot}" if slot in text else None for slot in "ab"}
    for key in made.of_type(":PrivateKey").values():
        assert (key["algorithm"], key["rsaBits"]) == ("RSA", 2048), "Snowflake takes RSA keys of 2048 bits or more"


def test_the_connector_waits_for_its_user_its_grants_and_its_tables() -> None:
    ready: set[str] = set()
    deploy(lambda: ready.update(one._name for one in SnowflakeTarget(NAME, args()).connection.ready))
    suffixes = ("user", "role-of-user", "database", "schema", "flagged_user", "fraud_alert")
    assert ready == {f"{NAME}-sink-{suffix}" for suffix in suffixes}


def test_the_database_keeps_grants_in_one_hand_and_has_no_public_schema() -> None:
    made = deployed()
    assert made.only(":Schema")["withManagedAccess"] == "true"
    database = made.only(":Database")
    assert database["dropPublicSchemaOnCreation"] is True and database["dataRetentionTimeInDays"] == 1


def test_the_warehouse_is_small_sleeps_and_has_a_budget() -> None:
    made = deployed()
    expected = {
        "warehouseSize": "XSMALL",
        "autoSuspend": 60,
        "autoResume": "true",
        "initiallySuspended": True,
        "statementTimeoutInSeconds": 300,
        "resourceMonitor": "FRAUD_BUDGET",
    }
    warehouse = made.only(":Warehouse")
    assert {key: warehouse.get(key) for key in expected} == expected
    budget = made.only(":ResourceMonitor")
    assert (budget["creditQuota"], budget["frequency"], budget["startTimestamp"]) == (10, "MONTHLY", "IMMEDIATELY")
    assert budget["suspendTrigger"] < budget["suspendImmediateTrigger"] == 100


def test_every_resource_is_a_child_of_the_component() -> None:
    options = deployed(slots=CredentialSlots("ab")).options
    strangers = {name for name, one in options.items() if one.parent != NAME} - {"fraud-detection-test"}
    assert strangers == {NAME}, "without a parent it has neither its providers nor its place"


@pytest.mark.parametrize("protect", [True, False])
def test_database_and_schema_are_what_is_protected(protect: bool) -> None:
    protected = {name for name, options in deployed(protect=protect).options.items() if options.protect}
    assert protected == ({f"{NAME}-database", f"{NAME}-schema"} if protect else set())


def test_tables_come_after_the_grants_on_them_and_views_after_the_tables() -> None:
    made = deployed()
    future = {f"{NAME}-analyst-future-tables", f"{NAME}-analyst-future-views"}
    for topic in ("flagged_user", "fraud_alert"):
        assert made.options[f"{NAME}-{topic}"].depends_on >= future, "a grant on future tables has none of the present"
        assert f"{NAME}-{topic}" in made.options[f"{NAME}-{topic}-columns"].depends_on
        assert made.options[f"{NAME}-{topic}-latest"].depends_on >= {f"{NAME}-{topic}-columns", *future}
        assert f"{NAME}-{topic}-columns" in made.options[f"{NAME}-sink-{topic}"].depends_on


def test_the_sql_is_that_of_the_contracts_and_its_undoing_drops_nothing() -> None:
    made = deployed()
    for table in (FLAGGED_USER, FRAUD_ALERT):
        name = f"{NAME}-{table.topic}"
        assert made[name]["execute"] == create(table, PLACE)
        assert made[f"{name}-columns"]["execute"] == add_columns(table, PLACE)
        view = made[f"{name}-latest"]
        assert view["statement"] == latest(table, PLACE) and view["name"] == f"{table.topic.upper()}_LATEST"
        assert (view["database"], view["schema"], view["copyGrants"]) == ("FRAUD", "STREAMING", True)
    assert {one["revert"] for one in made.of_type(":Execute").values()} == {"SELECT 1"}


def test_columns_and_types_of_the_tables() -> None:
    columns = [
        Column(name=f"c_{place}", type=kind)
        for place, kind in enumerate((BigInt(), Integer(), String(150), Decimal(18, 2), Timestamp(), Boolean()))
    ]
    table = Table(name="t", topic="t", columns=tuple(columns))
    assert create(table, PLACE).startswith(
        f'CREATE TABLE IF NOT EXISTS {PLACE}."T" (RECORD_METADATA VARIANT) ENABLE_SCHEMA_EVOLUTION = TRUE'
    )
    assert add_columns(table, PLACE) == (
        f'ALTER TABLE {PLACE}."T" ADD COLUMN IF NOT EXISTS C_0 NUMBER(19, 0), IF NOT EXISTS C_1 NUMBER(10, 0), '
        "IF NOT EXISTS C_2 VARCHAR, IF NOT EXISTS C_3 NUMBER(18, 2), IF NOT EXISTS C_4 TIMESTAMP_LTZ(3), "
        "IF NOT EXISTS C_5 BOOLEAN"
    )


def test_the_view_shows_the_newest_row_of_each_account_and_no_deleted_one() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO GET_PATH(document, path) AS json_extract_string(document, path)")
        connection.execute("CREATE SCHEMA STREAMING")
        columns = ", ".join(f"{column.name.upper()} VARCHAR" for column in FLAGGED_USER.published)
        connection.execute(f"CREATE TABLE STREAMING.FLAGGED_USER (RECORD_METADATA JSON, {columns})")
        # (partition, offset, account, total): 9 is before 10 as a number, after it as a text.
        rows = [
            (0, 9, 1, "old"),
            (0, 10, 1, "new"),
            (1, 3, 2, "back"),
            (1, 2, 2, None),
            (0, 12, 3, "there"),
            (0, 13, 3, None),
        ]
        for partition, offset, account, total in rows:
            metadata = {"partition": partition, "offset": offset, "key": {"ACCOUNT_ID": account}}
            connection.execute(
                "INSERT INTO STREAMING.FLAGGED_USER (RECORD_METADATA, ACCOUNT_ID, TOTAL_AMOUNT) VALUES (?, ?, ?)",
                [json.dumps(metadata), account if total else None, total],
            )
        query = f"SELECT ACCOUNT_ID, TOTAL_AMOUNT FROM ({latest(FLAGGED_USER, 'STREAMING')})"
        found = connection.execute(query).fetchall()
    assert sorted(found) == [("1", "new"), ("2", "back")]


def test_a_table_without_a_key_has_no_latest_rows() -> None:
    with pytest.raises(ValueError, match="auth_user has no key column"):
        latest(CLEANED_USER, PLACE)


def test_a_database_is_named_by_whoever_deploys() -> None:
    with pytest.raises(ValueError, match=r"settings\.database is empty; name a database"):
        args(database=None)


def targets(**settings: Section) -> SinkTargetsArgs:
    return SinkTargetsArgs(
        context=AwsContext(**CONTEXT),
        vpc_id="vpc-1",
        subnet_ids=["subnet-1"],
        confluent_prefix_list_id="pl-1",
        confluent_prefixes=["192.0.2.10/32"],
        operator_cidrs=["203.0.113.0/24"],
        settings=settings,
    )


def test_a_sink_that_is_switched_off_makes_nothing_and_has_no_connection() -> None:
    found: list[SinkTargets] = []
    made = deploy(lambda: found.append(SinkTargets("fraud-dev", targets())))
    assert [one.get("name") for one in made.of_type("").values()] == [None]
    assert found[0].connections == {} and found[0].outputs == {}


def test_a_sink_that_is_switched_on_gives_its_connection() -> None:
    found: list[SinkTargets] = []
    made = deploy(lambda: found.append(SinkTargets("fraud-dev", targets(snowflake=args().settings))))
    assert found[0].connections["snowflake"].user == "FRAUD_CFLT_SINK" and len(found[0].connections) == 1
    assert f"{NAME}-database" in made.of_type(":Database")


def test_the_snowflake_sdk_is_not_imported_while_the_sink_is_off() -> None:
    code = "import sys, components.sinks.targets; sys.exit('pulumi_snowflake' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0, "components.sinks.targets imports pulumi_snowflake, which takes a second"
