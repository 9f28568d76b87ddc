"""Redshift's set-up on PostgreSQL: the same SQL, but PASSWORD NULL instead of PASSWORD DISABLE."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from components.credential_slots import CredentialSlots
from components.sinks.redshift import sql as redshift_sql
from local.servers import loopback
from local.servers.postgres import Postgres
from tests.servers import alone

pytestmark = pytest.mark.local

DATABASE = "fraud"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with alone(Postgres) as server:
        server.create_database(DATABASE)
        yield server


def deploy(postgres: Postgres, text: str) -> None:
    """Run the SQL of `pulumi up` with these slots."""
    slots = CredentialSlots(text)
    with postgres.connect(DATABASE) as connection:
        for statement in (redshift_sql.procedure(slots), redshift_sql.call(slots)):
            connection.execute(statement.replace("PASSWORD DISABLE", "PASSWORD NULL").encode())
        for slot in slots.names:
            connection.execute(f"ALTER USER {redshift_sql.user(slot)} PASSWORD 'hush-{slot}'".encode())


def sink(postgres: Postgres, slot: str) -> psycopg.Connection:
    user, word = redshift_sql.user(slot), f"hush-{slot}"
    return psycopg.connect(
        host=loopback.HOST, port=postgres.port, user=user, password=word, dbname=DATABASE, autocommit=True
    )


def test_a_rotation_hands_the_tables_over_and_locks_the_old_user_out(postgres: Postgres) -> None:
    with postgres.connect(DATABASE) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")  # Redshift's default
    deploy(postgres, "a")
    deploy(postgres, "a")  # a second run changes nothing
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        sink(postgres, "b")
    with sink(postgres, "a") as connection:
        connection.execute("CREATE TABLE auth_user (id BIGINT)")
        connection.execute("INSERT INTO sample.auth_user VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema public"):
            connection.execute("CREATE TABLE public.elsewhere (id BIGINT)")
    deploy(postgres, "ab")
    deploy(postgres, "ba")
    with sink(postgres, "b") as connection:
        connection.execute("INSERT INTO auth_user VALUES (2)")
        connection.execute("CREATE TABLE user_transaction (id BIGINT)")
    deploy(postgres, "b")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        sink(postgres, "a")
    deploy(postgres, "ba")
    deploy(postgres, "ab")
    with sink(postgres, "a") as connection:
        connection.execute("INSERT INTO user_transaction VALUES (1)")
        assert connection.execute("SELECT count(*) FROM auth_user").fetchall() == [(2,)]
