"""The egress addresses of Confluent's managed connectors, for allow-lists.

All tenants of the region share them, so an allow-list is necessary but never sufficient.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, collapse_addresses

import pulumi
import pulumi_confluentcloud as confluent

from .ranges import parse

BROADEST_PREFIX = 16
"""A mistyped `/0` in an allow-list would open the database to everyone."""


def confluent_egress_prefixes(
    region: str,
    override: tuple[str, ...] = (),
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[list[str]]:
    """Unchecked CIDRs of Confluent Cloud's connectors in an AWS region, or `override`, which skips the look-up.

    The look-up is a preview feature. Its addresses are fixed only for Basic, Standard and Dedicated clusters with
    public networking.
    """
    if override:
        return pulumi.Output.from_input(list(override))
    found = confluent.get_ip_addresses_output(
        filter=confluent.GetIpAddressesFilterArgs(
            clouds=["AWS"], regions=[region], services=["CONNECT"], address_types=["EGRESS"]
        ),
        opts=opts,
    )
    return found.ip_addresses.apply(lambda addresses: [address.ip_prefix for address in addresses or ()])


def checked_prefixes(prefixes: Sequence[str], quota: int) -> list[str]:
    """The same addresses in as few prefixes as possible, sorted: each counts against a quota.

    Raises ValueError with all `prefix_problems`.
    """
    if found := given_prefix_problems(prefixes, quota):
        raise ValueError("; ".join(found))
    return _fewest(prefixes)


def prefix_problems(prefixes: Sequence[str], quota: int | None = None) -> list[str]:
    """The problems of an allow-list with their fixes. Without a quota, its length is not checked."""
    if not prefixes:
        return ["Confluent reports no egress prefixes for this region; set those on your cluster's page"]
    bad = [repr(prefix) for prefix in prefixes if not _is_ipv4_cidr(prefix)]
    if bad:
        return [f"{', '.join(bad)}: not an IPv4 network; set prefixes such as 192.0.2.10/32"]
    broad = [prefix for prefix in prefixes if IPv4Network(prefix).prefixlen < BROADEST_PREFIX]
    if broad:
        return [f"{', '.join(broad)}: broader than a /{BROADEST_PREFIX}; set Confluent's own prefixes"]
    count = len(_fewest(prefixes))
    if quota is not None and count > quota:
        return [
            f"Confluent has {count} egress prefixes, more than confluent_prefix_quota {quota}; raise it (and AWS's "
            "quota of rules per security group) or set the prefixes in use"
        ]
    return []


def given_prefix_problems(prefixes: pulumi.Input[Sequence[str]], quota: int | None = None) -> list[str]:
    """`prefix_problems` of an argument. Outputs are checked later, in the deploy."""
    if not isinstance(prefixes, Sequence) or any(isinstance(prefix, pulumi.Output) for prefix in prefixes):
        return []
    return [f"confluent_prefixes: {problem}" for problem in prefix_problems(prefixes, quota)]


def _is_ipv4_cidr(text: str) -> bool:
    network = parse(text)
    return network is not None and str(network) == text


def _fewest(prefixes: Iterable[str]) -> list[str]:
    return [str(network) for network in collapse_addresses(map(IPv4Network, prefixes))]
