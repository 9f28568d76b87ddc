"""SnowflakeTarget: keys per slot, and the views, whose SQL text runs on DuckDB."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pulumi
import pytest

from components.contracts import CLEANED_USER, FLAGGED_USER
from components.contracts.snowflake import latest
from components.credential_slots import ALLOWED, CredentialSlots
from components.sinks.snowflake.settings import SnowflakeSettings
from components.sinks.snowflake.store import SnowflakeTarget, SnowflakeTargetArgs
from plan import fakes
from tests.unit.arguments import arguments
from tests.unit.recording import record_component

NAME = "fraud-dev-snowflake"


def args(**changes: Any) -> SnowflakeTargetArgs:
    wanted = {"organization": "ORG", "account": "ACC", "database": "FRAUD", "confluent_prefixes": ["192.0.2.10/32"]}
    return arguments(SnowflakeTargetArgs, SnowflakeSettings, **wanted | changes)


def pem(kind: str, body: str) -> str:
    return f"-----BEGIN {kind} KEY-----\n{body[:3]}\n{body[3:]}\n-----END {kind} KEY-----\n"


@pytest.mark.parametrize("slots", ALLOWED)
def test_each_slot_has_a_key_pair_and_the_connector_uses_the_active_one(
    slots: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: dict[str, fakes.Fake] = {
        "privateKeyPemPkcs8": lambda name, _: pem("PRIVATE", f"secret{name}"),
        "publicKeyPem": lambda name, _: pem("PUBLIC", f"public{name}"),
    }
    monkeypatch.setitem(fakes.OUTPUTS, "tls:index/privateKey:PrivateKey", keys)

    def build() -> pulumi.Output[Any]:
        key = pulumi.Output.from_input(SnowflakeTarget(NAME, args(slots=CredentialSlots(slots))).connection.private_key)
        return pulumi.Output.all(key, pulumi.Output.from_input(key.is_secret()))

    made = record_component(build)
    assert made.result == [f"secret{NAME}-key-{slots[0]}", True], "the key's body on one line, a secret"
    user = made.opened[f"{NAME}-sink-user"]
    public = {"a": user.get("rsaPublicKey"), "b": user.get("rsaPublicKey2")}
    assert public == {slot: f"public{NAME}-key-{slot}" if slot in slots else None for slot in "ab"}


def test_the_view_shows_the_newest_row_of_each_account_and_no_deleted_one() -> None:
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO GET_PATH(document, path) AS json_extract_string(document, path)")
        connection.execute("CREATE SCHEMA STREAMING")
        columns = ", ".join(f"{column.name.upper()} VARCHAR" for column in FLAGGED_USER.published)
        connection.execute(f"CREATE TABLE STREAMING.FLAGGED_USER (RECORD_METADATA JSON, {columns})")
        # (partition, offset, account, total): 9 is before 10 as a number, but after it as a text.
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
        found = connection.execute(latest(FLAGGED_USER, "STREAMING")).fetchall()
    assert sorted((row[0], row[3]) for row in found) == [("1", "new"), ("2", "back")]


def test_a_table_without_a_key_has_no_latest_rows() -> None:
    with pytest.raises(ValueError, match="auth_user has no key column"):
        latest(CLEANED_USER, "STREAMING")


def test_the_database_must_have_a_name() -> None:
    with pytest.raises(ValueError, match=r"settings\.database is empty; name a database"):
        args(database=None)
