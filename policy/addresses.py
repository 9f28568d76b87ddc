"""What counts as the whole internet."""

from __future__ import annotations

import ipaddress
from typing import Any

# By IP version. Half of the internet is no allow-list either, and nobody's own network is wider than these.
_WIDEST = {4: 8, 6: 16}


def is_internet(cidr: Any) -> bool:
    """Whether a CIDR block is too wide to be anybody's; False for what is unknown or no CIDR block."""
    try:
        network = ipaddress.ip_network(cidr, strict=False) if isinstance(cidr, str) else None
    except ValueError:
        return False
    return network is not None and network.prefixlen < _WIDEST[network.version]
