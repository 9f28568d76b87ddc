"""The networks that a store with a public endpoint admits."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence


def admitted(prefixes: Sequence[str], operators: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Every network that may reach a store, sorted: Confluent's prefixes, operators' networks, single addresses.

    Raises:
        ValueError: Confluent's prefixes are none, or one of all would admit everybody.
    """
    if not prefixes:
        raise ValueError("confluent_prefixes is empty: the connector could not reach its store; set them by hand")
    found = {*prefixes, *operators, *(f"{address}/32" for address in addresses)}
    if problems := [problem for cidr in sorted(found) if (problem := cidr_problem("the allow list", cidr))]:
        raise ValueError("; ".join(problems))
    return sorted(found)


def cidr_problem(where: str, cidr: str) -> str | None:
    try:
        network = ipaddress.ip_network(cidr)
    except ValueError:
        return f"{where} has {cidr!r}; write a network, e.g. 203.0.113.7/32"
    return f"{where} has {cidr!r}, which admits everybody; name narrower networks" if network.prefixlen == 0 else None
