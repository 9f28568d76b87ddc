"""IPv4 ranges."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

ANYWHERE = "0.0.0.0/0"
PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""RFC 1918."""
WIDEST_PREFIX = 8
"""Nobody's own network is wider, so a wider one in an allow-list is a mistake; policy/addresses.py says the same."""


def parse(cidr: str) -> IPv4Network | None:
    """The range of an address and a prefix, e.g. 10.0.0.0/16; None when it is not one or has host bits set."""
    try:
        return IPv4Network(cidr) if "/" in cidr else None
    except ValueError:
        return None


def is_private(network: IPv4Network) -> bool:
    """Whether all of it is within one of `PRIVATE`."""
    return any(network.subnet_of(private) for private in PRIVATE)


def range_problems(where: str, cidrs: Sequence[str]) -> list[str]:
    """What is wrong with networks that somebody wrote down, each with its fix."""
    found = {cidr: parse(cidr) for cidr in cidrs}
    bad = [
        f"{where} has {cidr!r}; write a network, e.g. 203.0.113.7/32" for cidr, range_ in found.items() if not range_
    ]
    wide = [cidr for cidr, range_ in found.items() if range_ and range_.prefixlen < WIDEST_PREFIX]
    return bad + [f"{where} has {cidr!r}, which admits everybody; name networks of /8 or narrower" for cidr in wide]
