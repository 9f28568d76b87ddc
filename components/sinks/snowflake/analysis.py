"""The analysts' side of SnowflakeTarget: views of the latest rows, a warehouse with a budget, a role."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_snowflake as snowflake
from pulumi import ResourceOptions

from ...contracts import Table
from ...contracts.snowflake import LATEST, latest, table_name

SUSPEND_SECONDS = 60
STATEMENT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class Place:
    """A schema: its names, and the resources that create it."""

    database: str
    schema: str
    made_database: snowflake.Database
    made_schema: snowflake.Schema

    @property
    def quoted(self) -> pulumi.Output[str]:
        """The schema's full name, known once it exists."""
        return pulumi.Output.concat('"', self.made_schema.database, '"."', self.made_schema.name, '"')

    def sql(self, statement: Callable[[Table, str], str], table: Table) -> pulumi.Output[str]:
        """A statement of the contracts for this schema."""
        return self.quoted.apply(lambda place: statement(table, place))


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """`rights` are the analysts' grants on future objects, which must exist before tables and views."""

    name: str
    place: Place
    tables: Sequence[Table]
    rights: Sequence[pulumi.Resource]
    opts: ResourceOptions

    def make_views(self, made: Mapping[str, pulumi.Resource]) -> None:
        """A view `<table>_LATEST` per table; `made` has the tables by topic."""
        for table in self.tables:
            snowflake.View(
                f"{self.name}-{table.topic}-latest",
                database=self.place.made_schema.database,
                schema=self.place.made_schema.name,
                name=f"{table_name(table)}{LATEST}",
                comment=table.doc,
                statement=self.place.sql(latest, table),
                copy_grants=True,  # a view is replaced when its statement changes
                opts=ResourceOptions.merge(self.opts, ResourceOptions(depends_on=[made[table.topic], *self.rights])),
            )


def make_analysis(
    name: str, *, place: Place, tables: Sequence[Table], parent_role: str, credit_quota: int, opts: ResourceOptions
) -> Analysis:
    """The warehouse, and a role that may use it and read only this schema."""
    warehouse = _warehouse(name, place.database, credit_quota, opts)
    role = snowflake.AccountRole(
        f"{name}-analyst-role", name=f"{place.database}_ANALYST", comment="Reads what the fraud rules found", opts=opts
    )
    snowflake.GrantAccountRole(
        f"{name}-analyst-role-of-parent", role_name=role.name, parent_role_name=parent_role, opts=opts
    )
    return Analysis(
        name=name, place=place, tables=tables, rights=_rights(name, place, role, warehouse, opts), opts=opts
    )


def _warehouse(name: str, prefix: str, credit_quota: int, opts: ResourceOptions) -> snowflake.Warehouse:
    monitor = snowflake.ResourceMonitor(
        f"{name}-budget",
        name=f"{prefix}_BUDGET",
        credit_quota=credit_quota,
        frequency="MONTHLY",
        start_timestamp="IMMEDIATELY",
        notify_triggers=[75],
        suspend_trigger=90,
        suspend_immediate_trigger=100,
        opts=opts,
    )
    return snowflake.Warehouse(
        f"{name}-warehouse",
        name=f"{prefix}_ANALYSIS",
        comment="Queries of the fraud analysts",
        warehouse_size="XSMALL",
        auto_suspend=SUSPEND_SECONDS,
        auto_resume="true",
        initially_suspended=True,
        statement_timeout_in_seconds=STATEMENT_SECONDS,
        resource_monitor=monitor.name,
        opts=opts,
    )


def _rights(
    name: str, place: Place, role: snowflake.AccountRole, warehouse: snowflake.Warehouse, opts: ResourceOptions
) -> list[pulumi.Resource]:
    on_object = snowflake.GrantPrivilegesToAccountRoleOnAccountObjectArgs
    on_schema = snowflake.GrantPrivilegesToAccountRoleOnSchemaArgs
    on_future = snowflake.GrantPrivilegesToAccountRoleOnSchemaObjectFutureArgs
    in_schema = snowflake.GrantPrivilegesToAccountRoleOnSchemaObjectArgs

    def grant(what: str, privilege: str, **target: Any) -> pulumi.Resource:
        return snowflake.GrantPrivilegesToAccountRole(
            f"{name}-analyst-{what}", account_role_name=role.name, privileges=[privilege], opts=opts, **target
        )

    return [
        grant(
            "database",
            "USAGE",
            on_account_object=on_object(object_type="DATABASE", object_name=place.made_database.name),
        ),
        grant("warehouse", "USAGE", on_account_object=on_object(object_type="WAREHOUSE", object_name=warehouse.name)),
        grant("schema", "USAGE", on_schema=on_schema(schema_name=place.quoted)),
        *(
            grant(
                f"future-{kind.lower()}",
                "SELECT",
                on_schema_object=in_schema(future=on_future(object_type_plural=kind, in_schema=place.quoted)),
            )
            for kind in ("TABLES", "VIEWS")
        ),
    ]
