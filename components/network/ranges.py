"""Parse and check IPv4 ranges."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

ANYWHERE = "0.0.0.0/0"
PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""RFC 1918."""
WIDEST_PREFIX = 8
"""A wider network in an allow-list is a mistake, because nobody owns one; policy/addresses.py has the same limit."""


def parse(cidr: str) -> IPv4Network | None:
    """The range of a CIDR such as 10.0.0.0/16; None for other text, and for one with host bits set."""
    try:
        return IPv4Network(cidr) if "/" in cidr else None
    except ValueError:
        return None


def is_private(network: IPv4Network) -> bool:
    """Whether the whole network is within one of `PRIVATE`."""
    return any(network.subnet_of(private) for private in PRIVATE)


def range_problems(where: str, cidrs: Sequence[str]) -> list[str]:
    """Problems of configured networks, each with its fix."""
    found = {cidr: parse(cidr) for cidr in cidrs}
    bad = [
        f"{where} has {cidr!r}; write a network, e.g. 203.0.113.7/32" for cidr, range_ in found.items() if not range_
    ]
    wide = [cidr for cidr, range_ in found.items() if range_ and range_.prefixlen < WIDEST_PREFIX]
    return bad + [f"{where} has {cidr!r}, which admits everyone; set networks of /8 or narrower" for cidr in wide]
