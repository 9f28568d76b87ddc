"""What stands in the committed stack files for values that only you can know.

A plan is recorded with them, offline. The engine would dial: Snowflake's provider signs in during a preview, and waits
three minutes for an account that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from stacks.config import Reader
from stacks.sections.app import App
from stacks.sections.network import Network
from stacks.sections.sinks import Snowflake

# RFC 5737: addresses for documentation.
DOCUMENTATION = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
# RFC 2606: names for documentation.
EXAMPLE_HOST = re.compile(r"(.*\.)?example(\.(com|net|org))?|.*\.(test|invalid|localhost)")
# The account of AWS's own examples.
EXAMPLE_ACCOUNT = ":123456789012:"
SNOWFLAKE = {"snowflakeOrganization": "ORGANIZATION", "snowflakeAccount": "ACCOUNT"}


def check(reader: Reader, network: Network, app: App, snowflake: Snowflake | None) -> None:
    """Note each placeholder with the key to set. `snowflake` is None where the sink is off."""
    for key, cidrs in (
        ("operatorCidrs", network.operator_cidrs),
        ("appIngressCidrs", app.ingress_cidrs),
        ("confluentEgressPrefixes", network.confluent_prefixes),
    ):
        _note(reader, key, filter(_documented, cidrs), "an address for documentation", "your networks")
    arns = {"adminRoleArns": app.admin_role_arns, "appCertificateArn": (app.certificate_arn or "",)}
    for key, values in arns.items():
        found = (arn for arn in values if EXAMPLE_ACCOUNT in arn)
        _note(reader, key, found, "of the account in AWS's examples", "an ARN of your account")
    hosts = {"appHostname": app.hostname or "", "appImage": app.image or ""}
    for key, value in hosts.items():
        found = [value] if EXAMPLE_HOST.fullmatch(value.split("/")[0].split("@")[0]) else []
        _note(reader, key, found, "a name for documentation", "your own name")
    if snowflake:
        given = {"snowflakeOrganization": snowflake.organization, "snowflakeAccount": snowflake.account}
        for key, value in given.items():
            _note(reader, key, [value] if value == SNOWFLAKE[key] else [], "a placeholder", "your account's")


def _note(reader: Reader, key: str, found: Iterable[str], what: str, wanted: str) -> None:
    """One problem a key is enough."""
    value = next(iter(found), None)
    if value is not None:
        reader.problems.append(f"{key}: {value!r} is {what}; set {wanted}: {reader.command(key)}")


def _documented(cidr: str) -> bool:
    return any(map(IPv4Network(cidr).overlaps, DOCUMENTATION))
