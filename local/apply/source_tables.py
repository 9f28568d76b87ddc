"""The app's tables in the local run's source database, from the contracts."""

from __future__ import annotations

from components.contracts import APP_TABLES, SCHEMA, SOURCES
from components.contracts.ddl import postgres as ddl
from local.servers.postgres import SOURCE_DATABASE, Postgres


def make_source(postgres: Postgres) -> None:
    """Create the database with its schema and empty tables."""
    postgres.create_database(SOURCE_DATABASE)
    with postgres.connect(SOURCE_DATABASE) as connection:
        connection.execute(f'CREATE SCHEMA "{SCHEMA}"'.encode())
        for table in (*SOURCES, *APP_TABLES):
            connection.execute(ddl(table).encode())
