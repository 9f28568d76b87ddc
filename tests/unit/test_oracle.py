"""OracleHost under plain mocks: what its arguments refuse, what it hands out, and the document that it sends.

Its network, rights, encryption, protection and order are tested on the recorded plan: tests/plan/test_oracle.py.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pulumi
import pytest

from components.connections import ORACLE_PORT
from components.contracts import SCHEMA, SOURCES
from components.credential_slots import CredentialSlots
from components.oracle import document, names
from components.oracle.connector import OracleXStreamSource
from components.oracle.host import OracleHost, OracleHostArgs
from components.oracle.settings import OracleSettings
from tests.unit import arguments as builder
from tests.unit.mocks import Mocks, plain

IMAGE = "registry.example/oracle-xe@sha256:" + "a" * 64


class OracleMocks(Mocks):
    """With what the providers compute: generated passwords, addresses, versions."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        id_, outputs = super().new_resource(args)
        name = args.name
        computed = {"result": f"{name}-generated", "dnsName": f"{name}.elb", "privateDns": f"{name}.internal"}
        return id_, computed | {"latestVersion": "7", "versionId": f"{name}-v"} | outputs


@pytest.fixture
def mocks() -> OracleMocks:
    found = OracleMocks()
    pulumi.runtime.set_mocks(found, project="fraud-detection", stack="test")
    return found


def arguments(**changes: Any) -> OracleHostArgs:
    usual: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-data",
        "availability_zone": "us-east-1a",
        "listener_subnet_ids": ["subnet-public"],
        "confluent_prefix_list_id": "pl-1",
        "ami_id": "ami-1",
        "image": IMAGE,
    }
    return builder.arguments(OracleHostArgs, OracleSettings, **usual | changes)


@pulumi.runtime.test
def test_it_hands_out_where_and_as_whom_to_connect(mocks: OracleMocks) -> Any:
    made = OracleHost("oracle", arguments(slots=CredentialSlots("ba")))
    connection = made.connection
    database = made.app_database
    assert (database.port, database.service, database.user) == (1521, "XEPDB1", "SAMPLE")
    assert (connection.port, connection.user) == (1521, "c##cfltuser")

    def check(values: list[Any]) -> None:
        host, private_host, connector_host, app, connector = values
        assert host == connector_host == "oracle-nlb.elb"
        assert private_host == "oracle.internal", "clients in the VPC have no business at the public load balancer"
        assert app == "poracle-sample-b-generated", "the active slot's password"
        assert connector == "poracle-cfltuser-b-generated"

    outputs = (made.host, database.host, connection.host, database.password, connection.password)
    return pulumi.Output.all(*outputs).apply(check)


@pulumi.runtime.test
def test_passwords_stay_secret_and_one_is_made_for_each_slot(mocks: OracleMocks) -> Any:
    made = OracleHost("oracle", arguments(slots=CredentialSlots("ab")))
    secret = [
        pulumi.Output.from_input(made.app_database.password).is_secret(),
        pulumi.Output.from_input(made.connection.password).is_secret(),
    ]

    def check(values: list[Any]) -> None:
        assert values[:2] == [True, True]
        generated = {name for name, args in mocks.made.items() if args.typ.startswith("random:")}
        one_each = {"oracle-sys", "oracle-system", "oracle-cfltadmin"}
        assert generated == one_each | {f"oracle-{user}-{slot}" for user in ("sample", "cfltuser") for slot in "ab"}

    return pulumi.Output.all(*map(pulumi.Output.from_input, secret), made.ready.id).apply(check)


@pulumi.runtime.test
def test_the_secret_holds_the_passwords_in_use_by_user(mocks: OracleMocks) -> Any:
    made = OracleHost("oracle", arguments(slots=CredentialSlots("ab")))

    def check(_: object) -> None:
        text = mocks.made["oracle-passwords-version"].inputs["secretString"]
        assert json.loads(plain(text)) == {
            "SYS": "poracle-sys-generated",
            "SYSTEM": "poracle-system-generated",
            "C##CFLTADMIN": "poracle-cfltadmin-generated",
            "SAMPLE": "poracle-sample-a-generated",
            "C##CFLTUSER": "poracle-cfltuser-a-generated",
        }

    return made.ready.id.apply(check)


@pulumi.runtime.test
def test_a_generated_password_fits_oracle(mocks: OracleMocks) -> Any:
    made = OracleHost("oracle", arguments())

    def check(_: object) -> None:
        for name, args in mocks.made.items():
            if args.typ.startswith("random:"):
                assert args.inputs["length"] + len("p") <= 30, f"{name}: Oracle takes 30 characters"
                assert args.inputs["special"] is False, f"{name}: & and quotes mean something to SQL*Plus"

    return made.ready.id.apply(check)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"availability_zone": "eu-west-1a"}, "availability_zone is 'eu-west-1a'; set it to a zone of us-east-1"),
        ({"listener_subnet_ids": []}, "listener_subnet_ids is empty; give at least one"),
        ({"log_retention_days": 0}, "log_retention_days is 0; set it to one of"),
        ({"snapshots_kept": -1}, "snapshots_kept is -1; set it to 0"),
    ],
)
def test_bad_arguments_name_field_value_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        arguments(**change)


def test_the_connector_asks_for_the_names_that_the_bootstrap_makes() -> None:
    defaults = {field.name: field.default for field in OracleXStreamSource.__dataclass_fields__.values()}
    assert defaults["dbname"] == defaults["service_name"] == names.CDB
    assert defaults["pdb_name"] == names.PDB
    assert defaults["out_server_name"] == names.OUTBOUND_SERVER
    assert defaults["port"] == ORACLE_PORT


def built(**changes: Any) -> document.Bootstrap:
    return document.build(**({"region": "us-east-1", "image": IMAGE, "recovery_gib": 25} | changes))


def test_the_documents_version_changes_with_what_it_carries_and_with_nothing_else() -> None:
    assert built() == built()
    versions = {built().version, built(recovery_gib=30).version, built(image=IMAGE[:-1] + "b").version}
    assert len(versions) == 3


def test_the_document_is_one_that_ssm_takes() -> None:
    content = built().content
    made = json.loads(content)
    [step] = made["mainSteps"]
    assert made["schemaVersion"] == "2.2" and step["action"] == "aws:runShellScript"
    assert len(content.encode()) <= 64 * 1024
    # SSM fills in {{ … }} wherever it stands; an unknown one makes the whole document invalid.
    assert set(re.findall(r"{{\s*(.*?)\s*}}", content)) == set(made["parameters"]) == {"SecretArn", "VolumeId"}
    assert content.count("{{") == 2
    for name, parameter in made["parameters"].items():
        assert parameter["allowedPattern"].startswith("^"), f"{name} goes into a shell script as it is"


def test_a_parameter_cannot_break_out_of_the_script() -> None:
    patterns = {name: one["allowedPattern"] for name, one in json.loads(built().content)["parameters"].items()}
    assert re.search(patterns["VolumeId"], "vol-0123456789abcdef0")
    assert re.search(patterns["SecretArn"], "arn:aws:secretsmanager:us-east-1:123456789012:secret:oracle-1a2b3c-AbCdEf")
    for name in patterns:
        assert not re.search(patterns[name], "vol-1'; rm -rf /; '")


def test_the_tables_come_from_the_contracts() -> None:
    [step] = json.loads(built().content)["mainSteps"]
    text = "\n".join(step["inputs"]["runCommand"])
    for table in SOURCES:
        assert f"CREATE TABLE {SCHEMA}.{table.name} (" in text


def test_a_document_that_is_too_large_is_refused_before_the_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 1000)
    with pytest.raises(ValueError, match=r"has \d+ bytes; SSM takes 1000: shorten it"):
        built()
