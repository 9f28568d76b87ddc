"""SnowflakeTarget: the tables to which the sink connector appends, and views of their latest rows.

Import this module only if the sink is on: the Snowflake SDK takes a second to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_snowflake as snowflake
import pulumi_tls as tls
from pulumi import ResourceOptions

from ...contracts import FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE, Table
from ...contracts.snowflake import add_columns, create, table_name
from ..allow_list import admitted
from ..base import Store
from .analysis import Place, make_analysis
from .connector import SnowflakeConnection
from .settings import SnowflakeSettings

TABLES = (FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE)
# Days for which dropped or changed rows can be restored.
RETENTION_DAYS = 1
# The deployer owns the tables, so the connector needs INSERT, and EVOLVE SCHEMA for new columns (Snowflake's
# documentation of its Kafka connector).
TABLE_PRIVILEGES = ("INSERT", "EVOLVE SCHEMA")
SCHEMA_PRIVILEGES = ("USAGE", "CREATE TABLE", "CREATE STAGE", "CREATE PIPE")


@dataclass(frozen=True, kw_only=True)
class SnowflakeTargetArgs:
    """The deployer's role must be allowed to create a resource monitor; by default only ACCOUNTADMIN is.

    `parent_role`, the account's administrator, gets the analysts' role.
    """

    confluent_prefixes: pulumi.Input[Sequence[str]]
    settings: SnowflakeSettings
    parent_role: str = "SYSADMIN"
    protect: bool = False

    def __post_init__(self) -> None:
        if not self.settings.database:
            raise ValueError("settings.database is empty; name a database for this deployment")


class SnowflakeTarget(Store):
    """Database, tables and views; a service user with a key per slot and no password; a read-only analysts' role."""

    connection: SnowflakeConnection

    def __init__(self, name: str, args: SnowflakeTargetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:sinks:SnowflakeTarget", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self._settings = settings = args.settings
        self._place = self._make_place()
        keys = self._keys()
        self._role = snowflake.AccountRole(
            f"{name}-sink-role",
            name=f"{settings.database}_CFLT_SINK",
            comment="The sink connector's role",
            opts=self._child,
        )
        ready = self._grants(self._make_user(keys))
        analysis = make_analysis(
            name,
            place=self._place,
            tables=TABLES,
            parent_role=args.parent_role,
            credit_quota=settings.monthly_credits,
            opts=self._child,
        )
        tables = {table.topic: self._make_table(table, analysis.rights) for table in TABLES}
        ready += [self._table_grant(table, made) for table, made in zip(TABLES, tables.values(), strict=True)]
        analysis.make_views(tables)
        self.connection = SnowflakeConnection(
            url=settings.account_url,
            user=f"{settings.database}_CFLT_SINK",
            private_key=pulumi.Output.secret(_body(keys[settings.slots.active].private_key_pem_pkcs8)),
            database=settings.database,
            schema=settings.database_schema,
            role=f"{settings.database}_CFLT_SINK",
            ready=ready,
        )
        self.register_outputs({"database": settings.database, "user": self.connection.user})

    def _make_place(self) -> Place:
        settings = self._settings
        stateful = ResourceOptions(parent=self, protect=self._args.protect or None)
        database = snowflake.Database(
            f"{self._name}-database",
            name=settings.database,
            comment="Real-time fraud detection",
            data_retention_time_in_days=RETENTION_DAYS,
            drop_public_schema_on_creation=True,
            opts=stateful,
        )
        schema = snowflake.Schema(
            f"{self._name}-schema",
            database=database.name,
            name=settings.database_schema,
            comment="What the sink connector writes",
            # Only the schema's owner can grant: the connector's role cannot share its tables.
            with_managed_access="true",
            opts=stateful,
        )
        return Place(
            database=settings.database, schema=settings.database_schema, made_database=database, made_schema=schema
        )

    def _keys(self) -> dict[str, tls.PrivateKey]:
        return {
            slot: tls.PrivateKey(f"{self._name}-key-{slot}", algorithm="RSA", rsa_bits=2048, opts=self._child)
            for slot in self._settings.slots.names
        }

    def _make_user(self, keys: dict[str, tls.PrivateKey]) -> snowflake.ServiceUser:
        policy = snowflake.NetworkPolicy(
            f"{self._name}-from-confluent",
            name=f"{self._settings.database}_FROM_CONFLUENT",
            comment="Confluent Cloud's egress addresses",
            allowed_ip_lists=pulumi.Output.from_input(self._args.confluent_prefixes).apply(
                lambda prefixes: admitted(prefixes, (), ())
            ),
            opts=self._child,
        )
        public = {slot: _body(key.public_key_pem) for slot, key in keys.items()}
        return snowflake.ServiceUser(
            f"{self._name}-sink-user",
            name=f"{self._settings.database}_CFLT_SINK",
            comment="Confluent Cloud's sink connector",
            default_role=self._role.name,
            default_secondary_roles_option="NONE",
            network_policy=policy.name,
            rsa_public_key=public.get("a"),
            rsa_public_key2=public.get("b"),
            opts=self._child,
        )

    def _grants(self, user: snowflake.ServiceUser) -> list[pulumi.Resource]:
        """Direct grants: the connector does not use inherited privileges. Ingestion needs no warehouse."""
        database = snowflake.GrantPrivilegesToAccountRoleOnAccountObjectArgs(
            object_type="DATABASE", object_name=self._place.made_database.name
        )
        schema = snowflake.GrantPrivilegesToAccountRoleOnSchemaArgs(schema_name=self._place.quoted)
        return [
            user,
            snowflake.GrantAccountRole(
                f"{self._name}-sink-role-of-user", role_name=self._role.name, user_name=user.name, opts=self._child
            ),
            self._grant("database", ("USAGE",), self._child, on_account_object=database),
            self._grant("schema", SCHEMA_PRIVILEGES, self._child, on_schema=schema),
        ]

    def _grant(self, what: str, privileges: Sequence[str], opts: ResourceOptions, **target: Any) -> pulumi.Resource:
        return snowflake.GrantPrivilegesToAccountRole(
            f"{self._name}-sink-{what}",
            account_role_name=self._role.name,
            privileges=list(privileges),
            opts=opts,
            **target,
        )

    def _make_table(self, table: Table, rights: Sequence[pulumi.Resource]) -> pulumi.Resource:
        """Create the table that the connector would create, because the view needs it.

        Plain SQL, because the provider's `Table` is a preview and empties a table by replacing it for some changes.
        Nothing is reverted: the table goes with its database, and a changed `execute` must not drop it.
        """
        made = snowflake.Execute(
            f"{self._name}-{table.topic}",
            execute=self._place.sql(create, table),
            revert="SELECT 1",
            # Grants on future tables cover only tables created after them.
            opts=ResourceOptions(parent=self, depends_on=rights),
        )
        return snowflake.Execute(
            f"{self._name}-{table.topic}-columns",
            execute=self._place.sql(add_columns, table),
            revert="SELECT 1",
            opts=ResourceOptions(parent=self, depends_on=[made]),
        )

    def _table_grant(self, table: Table, made: pulumi.Resource) -> pulumi.Resource:
        place = pulumi.Output.concat(self._place.quoted, f'."{table_name(table)}"')
        target = snowflake.GrantPrivilegesToAccountRoleOnSchemaObjectArgs(object_type="TABLE", object_name=place)
        opts = ResourceOptions(parent=self, depends_on=[made])
        return self._grant(table.topic, TABLE_PRIVILEGES, opts, on_schema_object=target)


def _body(pem: pulumi.Output[str]) -> pulumi.Output[str]:
    """A PEM key without header, footer and line breaks, the format of Snowflake and its connector."""
    return pem.apply(lambda text: "".join(line for line in text.split("\n") if not line.startswith("-----")).strip())
