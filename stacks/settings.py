"""The stack's configuration, parsed once into frozen dataclasses. Pulumi.yaml says what each key means."""

from __future__ import annotations

from dataclasses import dataclass

from components.confluent.private_link import DEDICATED_ZONES
from stacks import placeholders
from stacks.config import Reader
from stacks.sections import app, confluent, general, network, oracle, rules, sinks


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A stack's configuration, by section."""

    general: general.General
    network: network.Network
    confluent: confluent.Confluent
    rules: rules.Rules
    oracle: oracle.Oracle
    sinks: sinks.Sinks
    app: app.App


def load() -> Settings:
    """Read the current stack's configuration.

    Raises:
        SettingsError: with all problems, before any resource is made.
    """
    reader = Reader()
    stack = general.read(reader)
    reach = network.read(reader, stack.region, production=stack.production, layer=stack.layer)
    settings = Settings(
        general=stack,
        network=reach,
        confluent=confluent.read(reader),
        rules=rules.read(reader),
        oracle=oracle.read(reader),
        sinks=sinks.read(reader, stack.deployment, production=stack.production, layer=stack.layer),
        app=app.read(reader, reach.operator_cidrs, production=stack.production, layer=stack.layer),
    )
    _check_together(reader, settings)
    reader.check_stack_file()
    reader.check_rule_files()
    # A streaming layer uses what the platform made, and makes nothing in these accounts.
    if not reader.recorded and stack.layer != "streaming":
        placeholders.check(reader, reach, settings.app, settings.sinks.snowflake)
    reader.finish()
    return settings


def _check_together(reader: Reader, settings: Settings) -> None:
    """What no section can check alone."""
    zones = settings.network.zones
    if settings.confluent.private and settings.confluent.cluster_type == "dedicated" and len(zones) != DEDICATED_ZONES:
        reader.refuse("availabilityZones", list(zones), f"{DEDICATED_ZONES} zones for a private dedicated cluster")
    _check_route_tables(reader, settings)
    certificate, region = settings.app.certificate_arn, settings.general.region
    if certificate and f":{region}:" not in certificate:
        reader.refuse("appCertificateArn", certificate, f"a certificate of {region}, as the load balancer's")


def _check_route_tables(reader: Reader, settings: Settings) -> None:
    """Connectors of a private cluster call the stores' public endpoints, which admit listed addresses alone.

    The addresses that Confluent publishes are those of public clusters (cc/connectors/static-egress-ip.html).
    """
    connectors = settings.sinks.connectors
    if settings.general.layer == "streaming" or settings.network.confluent_prefixes or not connectors:
        return
    if settings.confluent.private:
        reader.refuse(
            "connectors",
            list(connectors),
            "none with connectivity privatelink, unless confluentEgressPrefixes says from where they call: Confluent "
            "publishes the addresses of public clusters only",
            "set confluentEgressPrefixes to the addresses that Confluent's support names for your cluster, connectors "
            "to [], or connectivity to public (docs/private-networking.md)",
        )
