"""The stack's configuration, parsed once into frozen sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.confluent.private_link import DEDICATED_ZONES
from components.confluent.settings import ClusterSettings, StreamingSettings
from components.fraud_app.args import SERVICE_CIDR
from components.fraud_app.settings import AppSettings
from components.monitoring.settings import MonitoringSettings
from components.network.ranges import parse
from components.network.settings import NetworkSettings
from components.oracle.settings import OracleSettings, SourceSettings
from components.section import Section
from components.sinks.sinks import SINKS
from stacks.settings import placeholders
from stacks.settings.general import General
from stacks.settings.reader import Reader, SettingsError
from stacks.settings.sinks import SinkChoice

__all__ = ["Settings", "SettingsError", "load"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A stack's configuration by section. `stores` has the enabled stores, and `connectors` feed some of them."""

    general: General
    network: NetworkSettings
    confluent: ClusterSettings
    streaming: StreamingSettings
    oracle: OracleSettings
    source: SourceSettings
    stores: Mapping[str, Section]
    connectors: tuple[str, ...]
    app: AppSettings
    monitoring: MonitoringSettings


def load() -> Settings:
    """Read the current stack's configuration. Raises SettingsError with all problems before any resource exists."""
    reader = Reader()
    general, choice = reader.section(General), reader.section(SinkChoice)
    settings = Settings(
        general=general,
        network=reader.section(NetworkSettings),
        confluent=reader.section(ClusterSettings),
        streaming=reader.section(StreamingSettings),
        oracle=reader.section(OracleSettings),
        source=reader.section(SourceSettings),
        stores={name: reader.section(SINKS[name].settings).of_deployment(general.deployment) for name in choice.stores},
        connectors=choice.connectors,
        app=reader.section(AppSettings),
        monitoring=reader.section(MonitoringSettings),
    )
    _check_together(reader, settings)
    reader.check_stack_file()
    reader.check_rule_files()
    reader.check_score_files(settings.streaming.score_weights)
    reader.finish()
    return settings


def _check_together(reader: Reader, settings: Settings) -> None:
    """Checks that involve several sections."""
    _check_network(reader, settings)
    certificate, region = settings.app.certificate_arn, settings.general.region
    if certificate and f":{region}:" not in certificate:
        reader.refuse("appCertificateArn", certificate, f"a certificate of {region}, as the load balancer's")
    if settings.general.production:
        for section in (settings.network, *settings.stores.values(), settings.app, settings.monitoring):
            reader.production(section)
    # A streaming layer creates nothing in these accounts.
    if settings.general.has_platform:
        _check_platform(reader, settings)


def _check_network(reader: Reader, settings: Settings) -> None:
    network, confluent = settings.network, settings.confluent
    zones = network.availability_zones
    if confluent.private and confluent.cluster_type == "dedicated" and len(zones) != DEDICATED_ZONES:
        reader.refuse("availabilityZones", list(zones), f"{DEDICATED_ZONES} zones for a private dedicated cluster")
    own = parse(network.cidr)
    if own and own.overlaps(IPv4Network(SERVICE_CIDR)):
        allowed = f"a network that does not overlap {SERVICE_CIDR}, the range of Kubernetes' services"
        reader.refuse("vpcCidr", network.cidr, allowed)


def _check_platform(reader: Reader, settings: Settings) -> None:
    if not settings.app.ingress_cidrs:
        allowed = "the networks of the app's users; a load balancer reads an empty list as everyone"
        reader.refuse("appIngressCidrs", [], allowed)
    for section in settings.stores.values():
        reader.need_secrets(section)
    _check_connector_addresses(reader, settings)
    if not reader.recorded:
        sections = (settings.general, settings.network, *settings.stores.values(), settings.app, settings.monitoring)
        placeholders.check(reader, sections)


def _check_connector_addresses(reader: Reader, settings: Settings) -> None:
    """Connectors of a private cluster call the stores' public endpoints, which admit only listed addresses.

    Confluent publishes only the addresses of public clusters (cc/connectors/static-egress-ip.html).
    """
    if settings.confluent.private and settings.connectors and not settings.network.confluent_egress_prefixes:
        reader.refuse(
            "connectors",
            list(settings.connectors),
            "none with connectivity privatelink, unless confluentEgressPrefixes has their addresses: Confluent "
            "publishes only the addresses of public clusters",
            "set confluentEgressPrefixes to your cluster's addresses from Confluent's support, connectors "
            "to [], or connectivity to public (docs/private-networking.md)",
        )
