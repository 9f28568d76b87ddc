"""The stores that the sinks write to; one that is switched off is None."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.contracts import reserved
from components.contracts.snowflake import IDENTIFIER as SNOWFLAKE_NAME
from components.credential_slots import CredentialSlots
from components.sinks.opensearch.store import LEAST_GIB, MOST_GIB, zones_for
from components.sinks.redshift.schedule import CRON
from components.sinks.redshift.store import IDENTIFIER as REDSHIFT_NAME
from components.sinks.sinks import SINKS
from stacks.config import Reader

# Of a user or role that is there already; what is made here has the narrower names of the components.
IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_$]*"


@dataclass(frozen=True, kw_only=True)
class Redshift:
    """`pause` and `resume` are cron expressions in UTC, both empty for a cluster that never sleeps."""

    node_type: str
    nodes: int
    database: str
    pause: str
    resume: str
    slots: CredentialSlots


@dataclass(frozen=True, kw_only=True)
class OpenSearch:
    """`nodes` of one kind, which hold data and elect."""

    version: str
    instance_type: str
    nodes: int
    volume_gib: int
    slots: CredentialSlots


@dataclass(frozen=True, kw_only=True)
class Snowflake:
    """The account, who administers it for this stack, and what is made there."""

    organization: str
    account: str
    admin_user: str
    admin_role: str
    admin_key: pulumi.Output[str]
    database: str
    schema: str
    monthly_credits: int
    slots: CredentialSlots


@dataclass(frozen=True, kw_only=True)
class Sinks:
    """The stores, and the `connectors` that feed them: a store may exist while its connector is off."""

    redshift: Redshift | None
    opensearch: OpenSearch | None
    snowflake: Snowflake | None
    connectors: tuple[str, ...]

    @property
    def stores(self) -> tuple[str, ...]:
        """The names of the stores that the stack has."""
        return tuple(name for name in SINKS if getattr(self, name))


def read(reader: Reader, deployment: str, *, production: bool, layer: str) -> Sinks:
    """Read the section. Only a layer that makes the stores needs Snowflake's key."""
    stores, connectors = reader.choices("sinks", tuple(SINKS)), reader.choices("connectors", tuple(SINKS))
    for name in connectors:
        if name not in stores:
            reader.refuse(
                "connectors", list(connectors), f"out of sinks {list(stores)}", f"add {name} to sinks, or drop it here"
            )
    return Sinks(
        redshift=_redshift(reader, production) if "redshift" in stores else None,
        opensearch=_opensearch(reader, production) if "opensearch" in stores else None,
        snowflake=_snowflake(reader, deployment, needed=layer != "streaming") if "snowflake" in stores else None,
        connectors=connectors,
    )


def _redshift(reader: Reader, production: bool) -> Redshift:
    cron = "a schedule such as cron(0 19 ? * MON-FRI *) in UTC, or nothing"
    redshift = Redshift(
        node_type=reader.text("redshiftNodeType", r"[a-z0-9]+\.[a-z0-9]+", "a node type such as ra3.large"),
        nodes=reader.integer("redshiftNodes", 1, 32),
        database=reader.text("redshiftDatabase", REDSHIFT_NAME, "a lower-case database name"),
        pause=reader.text("redshiftPause", f"({CRON})?", cron),
        resume=reader.text("redshiftResume", f"({CRON})?", cron),
        slots=reader.slots("redshiftSlots"),
    )
    reader.not_reserved("redshiftDatabase", redshift.database, reserved.REDSHIFT, "Redshift")
    if bool(redshift.pause) != bool(redshift.resume):
        reader.refuse("redshiftResume", redshift.resume, "set exactly when redshiftPause is")
    if redshift.pause and redshift.pause == redshift.resume:
        reader.refuse("redshiftResume", redshift.resume, "another time than redshiftPause")
    if production and redshift.pause:
        reader.refuse("redshiftPause", redshift.pause, "nothing in production: the warehouse must take every payment")
    return redshift


def _opensearch(reader: Reader, production: bool) -> OpenSearch:
    opensearch = OpenSearch(
        version=reader.text("opensearchVersion", r"OpenSearch_\d+\.\d+", "an engine version such as OpenSearch_3.1"),
        instance_type=reader.text(
            "opensearchInstanceType", r"[a-z0-9]+\.[a-z0-9]+\.search", "an instance type such as t3.small.search"
        ),
        nodes=reader.integer("opensearchNodes", 1, 30),
        volume_gib=reader.integer("opensearchVolumeGib", LEAST_GIB, MOST_GIB),
        slots=reader.slots("opensearchSlots"),
    )
    if opensearch.nodes > 1 and not zones_for(opensearch.nodes):
        reader.refuse("opensearchNodes", opensearch.nodes, "1, or a multiple of 2 or 3: one share a zone")
    if production and opensearch.nodes < 3:
        reader.refuse("opensearchNodes", opensearch.nodes, "3 or more in production: fewer cannot elect a manager")
    return opensearch


def _snowflake(reader: Reader, deployment: str, *, needed: bool) -> Snowflake:
    snowflake = Snowflake(
        organization=reader.text("snowflakeOrganization", r"[A-Za-z][A-Za-z0-9_]{0,62}", "the organization's name"),
        account=reader.text("snowflakeAccount", r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "the account's name"),
        admin_user=reader.text("snowflakeAdminUser", IDENTIFIER, "a Snowflake user name"),
        admin_role=reader.text("snowflakeAdminRole", IDENTIFIER, "a Snowflake role"),
        admin_key=reader.secret("snowflakeAdminKey", needed),
        # Everything of the account begins with it, so two deployments need two.
        database=reader.text("snowflakeDatabase", f"({SNOWFLAKE_NAME})?", "a Snowflake identifier in capitals")
        or f"FRAUD_{deployment.upper().replace('-', '_')}",
        schema=reader.text("snowflakeSchema", SNOWFLAKE_NAME, "a Snowflake identifier in capitals"),
        monthly_credits=reader.integer("snowflakeMonthlyCredits", 1, 100_000),
        slots=reader.slots("snowflakeSlots"),
    )
    reader.not_reserved("snowflakeDatabase", snowflake.database, reserved.SNOWFLAKE, "Snowflake")
    reader.not_reserved("snowflakeSchema", snowflake.schema, reserved.SNOWFLAKE, "Snowflake")
    return snowflake
