"""Settings of Snowflake: the account, its administrator for this stack, and the created objects."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Self

from pydantic import Field

from ...constraints import Maybe, Slots, Text, Whole
from ...contracts import reserved
from ...contracts.snowflake import IDENTIFIER
from ...credential_slots import CredentialSlots
from ...section import PLACEHOLDER, Section

# Names of existing users and roles; names of created objects are more restricted.
GIVEN = r"[A-Za-z_][A-Za-z0-9_$]*"
NAME = Text(IDENTIFIER, "a Snowflake identifier in capitals", reserved.SNOWFLAKE, "Snowflake")


class SnowflakeSettings(Section):
    """Only the provider uses `admin_key`."""

    title: ClassVar[str] = "Snowflake"

    organization: Annotated[str, Text(r"[A-Za-z][A-Za-z0-9_]{0,62}", "the organization's name")] = Field(
        default="ORGANIZATION",
        validation_alias="snowflakeOrganization",
        description="Snowflake organization.",
        json_schema_extra=PLACEHOLDER,
    )
    account: Annotated[str, Text(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "the account's name")] = Field(
        default="ACCOUNT",
        validation_alias="snowflakeAccount",
        description="Snowflake account.",
        json_schema_extra=PLACEHOLDER,
    )
    admin_user: Annotated[str, Text(GIVEN, "a Snowflake user name")] = Field(
        default="PULUMI",
        validation_alias="snowflakeAdminUser",
        description="Snowflake user for the deploy, with a key pair.",
    )
    admin_role: Annotated[str, Text(GIVEN, "a Snowflake role")] = Field(
        default="ACCOUNTADMIN",
        validation_alias="snowflakeAdminRole",
        description="Its role; resource monitors and network policies need ACCOUNTADMIN.",
    )
    admin_key: Any = Field(
        default=None,
        validation_alias="snowflakeAdminKey",
        description="Private key of snowflakeAdminUser, PKCS#8 PEM (pulumi config set --secret "
        "snowflakeAdminKey < key.p8).",
    )
    database: Annotated[str, Maybe(NAME, "FRAUD_ and the deployment's name")] = Field(
        default="",
        validation_alias="snowflakeDatabase",
        description="Snowflake database, and prefix of the names of roles, user and warehouse; each deployment in an "
        "account needs its own.",
    )
    database_schema: Annotated[str, NAME] = Field(
        default="STREAMING", validation_alias="snowflakeSchema", description="Snowflake schema."
    )
    monthly_credits: Annotated[int, Whole(1, 100_000)] = Field(
        default=10,
        validation_alias="snowflakeMonthlyCredits",
        description="Monthly credits at which the resource monitor suspends the analysts' warehouse; ingestion does "
        "not count.",
    )
    slots: Annotated[CredentialSlots, Slots()] = Field(
        default=CredentialSlots(),
        validation_alias="snowflakeSlots",
        description="Key pairs of the Snowflake connector's user, the active one first (docs/rotation.md).",
    )

    @property
    def account_url(self) -> str:
        return f"{self.organization}-{self.account}.snowflakecomputing.com:443".lower()

    def of_deployment(self, name: str) -> Self:
        database = self.database or f"FRAUD_{name.upper().replace('-', '_')}"
        return self.model_copy(update={"database": database})
