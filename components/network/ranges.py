"""IPv4 ranges. Pure: makes nothing, so the settings can ask it too."""

from __future__ import annotations

from ipaddress import IPv4Network

ANYWHERE = "0.0.0.0/0"
PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""RFC 1918."""
WIDEST_PREFIX = 8
"""Nobody's own network is wider, so a wider one in an allow-list is a mistake; policy/addresses.py says the same."""


def parse(cidr: str) -> IPv4Network | None:
    """None when it is no IPv4 range, address and prefix, with its host bits zero."""
    try:
        return IPv4Network(cidr) if "/" in cidr else None
    except ValueError:
        return None


def is_private(network: IPv4Network) -> bool:
    """Whether all of it is within one of `PRIVATE`."""
    return any(network.subnet_of(private) for private in PRIVATE)
