"""The stack's configuration, parsed once into frozen dataclasses. Pulumi.yaml says what each key means."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pulumi

from stacks.config import Reader

HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_$#]*"
SINKS = ("redshift", "opensearch", "snowflake")
# Regions where Confluent Cloud offers Flink on AWS; the first deploy confirms the one in use.
REGIONS = (
    "us-east-1", "us-east-2", "us-west-2", "ca-central-1", "sa-east-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "eu-central-1", "eu-north-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2",
)  # fmt: skip
ZONES = {
    "basic": ("SINGLE_ZONE", "MULTI_ZONE"),
    "standard": ("SINGLE_ZONE", "MULTI_ZONE"),
    "dedicated": ("SINGLE_ZONE", "MULTI_ZONE"),
    "enterprise": ("LOW", "HIGH"),
}


@dataclass(frozen=True, kw_only=True)
class Streaming:
    """Confluent Cloud: cluster, topics, Flink pool and API key slots."""

    cluster_type: str
    availability: str
    cku: int
    governance: str
    partitions: int
    max_cfu: int
    key_slots: tuple[str, ...]
    active_key_slot: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Thresholds of the fraud rules; amounts in the currency of the payments."""

    window_minutes: int
    burst_count: int
    burst_amount: Decimal
    large_amount: Decimal
    home_prefix: str
    state_ttl_hours: int


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """Where the source connector finds the database."""

    host: str
    port: int
    user: str
    password: pulumi.Output[str]
    processor_licenses: int


@dataclass(frozen=True, kw_only=True)
class Redshift:
    """Where the Redshift sink connector writes."""

    host: str
    user: str
    password: pulumi.Output[str]
    database: str


@dataclass(frozen=True, kw_only=True)
class OpenSearch:
    """Where the OpenSearch sink connector writes."""

    url: str
    user: str
    password: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class Snowflake:
    """Where the Snowflake sink connector writes."""

    url: str
    user: str
    private_key: pulumi.Output[str]
    database: str
    schema: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A stack's configuration; a sink that is switched off is None."""

    region: str
    streaming: Streaming
    rules: Rules
    oracle: Oracle
    redshift: Redshift | None
    opensearch: OpenSearch | None
    snowflake: Snowflake | None


def load() -> Settings:
    """Read the current stack's configuration.

    Raises:
        SettingsError: with all problems, before any resource is made.
    """
    reader = Reader()
    sinks = reader.choices("sinks", SINKS)
    settings = Settings(
        region=reader.choice("region", REGIONS),
        streaming=_streaming(reader),
        rules=_rules(reader),
        oracle=_oracle(reader),
        redshift=_redshift(reader, "redshift" in sinks),
        opensearch=_opensearch(reader, "opensearch" in sinks),
        snowflake=_snowflake(reader, "snowflake" in sinks),
    )
    reader.finish()
    return settings


def _streaming(reader: Reader) -> Streaming:
    cluster_type = reader.choice("clusterType", tuple(ZONES))
    streaming = Streaming(
        cluster_type=cluster_type,
        availability=reader.choice("availability", ZONES.get(cluster_type, ZONES["basic"])),
        cku=reader.integer("cku", 0, 152),
        governance=reader.choice("streamGovernance", ("ESSENTIALS", "ADVANCED")),
        partitions=reader.integer("partitions", 1, 60),
        max_cfu=reader.integer("flinkMaxCfu", 5, 50, only=(5, 10, 20, 30, 40, 50)),
        key_slots=reader.choices("keySlots", ("a", "b")),
        active_key_slot=reader.choice("activeKeySlot", ("a", "b")),
    )
    if streaming.active_key_slot not in streaming.key_slots:
        reader.refuse("activeKeySlot", streaming.active_key_slot, f"a slot of keySlots {list(streaming.key_slots)}")
    _check_cku(reader, streaming)
    return streaming


def _check_cku(reader: Reader, streaming: Streaming) -> None:
    if streaming.cluster_type != "dedicated":
        if streaming.cku:
            reader.refuse("cku", streaming.cku, f"0, as clusterType is {streaming.cluster_type}")
        return
    least = 2 if streaming.availability == "MULTI_ZONE" else 1
    if streaming.cku < least:
        reader.refuse("cku", streaming.cku, f"{least} or more for a dedicated {streaming.availability} cluster")


def _rules(reader: Reader) -> Rules:
    rules = Rules(
        window_minutes=reader.integer("windowMinutes", 1, 99),
        burst_count=reader.integer("burstCount", 1, 10_000),
        burst_amount=reader.money("burstAmount", "0.01", "9999999999.99"),
        large_amount=reader.money("largeAmount", "0.01", "9999999999.99"),
        # An address prefix goes into SQL text as it is: digits, hexadecimals, dots and colons only.
        home_prefix=reader.text("homePrefix", r"[0-9a-f.:]{1,45}", "the start of an IP address, e.g. 10."),
        state_ttl_hours=reader.integer("stateTtlHours", 1, 720),
    )
    if rules.state_ttl_hours * 60 <= rules.window_minutes:
        reader.refuse("stateTtlHours", rules.state_ttl_hours, f"more than the window of {rules.window_minutes} minutes")
    return rules


def _oracle(reader: Reader) -> Oracle:
    return Oracle(
        host=reader.text("oracleHost", HOST, "a host name without port"),
        port=reader.integer("oraclePort", 1, 65535),
        user=reader.text("oracleUser", IDENTIFIER, "an Oracle user name"),
        password=reader.secret("oraclePassword", needed=True),
        processor_licenses=reader.integer("oracleProcessorLicenses", 1, 10_000),
    )


def _redshift(reader: Reader, wanted: bool) -> Redshift | None:
    redshift = Redshift(
        host=reader.text("redshiftHost", HOST, "a host name without port"),
        user=reader.text("redshiftUser", IDENTIFIER, "a Redshift user name"),
        password=reader.secret("redshiftPassword", wanted),
        database=reader.text("redshiftDatabase", IDENTIFIER, "a database name"),
    )
    return redshift if wanted else None


def _opensearch(reader: Reader, wanted: bool) -> OpenSearch | None:
    opensearch = OpenSearch(
        url=reader.text("opensearchUrl", rf"https://{HOST}(:\d+)?", "an https:// URL without a path"),
        user=reader.text("opensearchUser", r"[\w.-]+", "a user name"),
        password=reader.secret("opensearchPassword", wanted),
    )
    return opensearch if wanted else None


def _snowflake(reader: Reader, wanted: bool) -> Snowflake | None:
    snowflake = Snowflake(
        url=reader.text("snowflakeUrl", rf"{HOST}(:\d+)?", "account host name, with or without :443"),
        user=reader.text("snowflakeUser", IDENTIFIER, "a Snowflake user name"),
        private_key=reader.secret("snowflakePrivateKey", wanted),
        database=reader.text("snowflakeDatabase", IDENTIFIER, "a Snowflake identifier"),
        schema=reader.text("snowflakeSchema", IDENTIFIER, "a Snowflake identifier"),
        role=reader.text("snowflakeRole", IDENTIFIER, "a Snowflake identifier"),
    )
    return snowflake if wanted else None
