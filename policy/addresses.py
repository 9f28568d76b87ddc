"""Recognise CIDR blocks that are too wide for an allow-list."""

from __future__ import annotations

import ipaddress
from typing import Any

# Shortest allowed prefix by IP version: nobody owns a wider network.
_WIDEST = {4: 8, 6: 16}


def is_internet(cidr: Any) -> bool:
    """Whether a CIDR block is too wide to belong to one owner; False for unknown and other values."""
    try:
        network = ipaddress.ip_network(cidr, strict=False) if isinstance(cidr, str) else None
    except ValueError:
        return False
    return network is not None and network.prefixlen < _WIDEST[network.version]
