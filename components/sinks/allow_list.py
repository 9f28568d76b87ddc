"""The networks that a store with a public endpoint admits."""

from __future__ import annotations

from collections.abc import Sequence

from ..network.egress import prefix_problems
from ..network.ranges import WIDEST_PREFIX, parse


def admitted(prefixes: Sequence[str], operators: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Every network that may reach a store, sorted: Confluent's prefixes, operators' networks, single addresses.

    Raises:
        ValueError: a prefix or network is malformed, or admits everybody.
    """
    own = (*operators, *(f"{address}/32" for address in addresses))
    if problems := [*prefix_problems(prefixes), *range_problems("the allow list", own)]:
        raise ValueError("; ".join(problems))
    return sorted({*prefixes, *own})


def range_problems(where: str, cidrs: Sequence[str]) -> list[str]:
    """What is wrong with networks that somebody wrote down, each with its fix."""
    found = {cidr: parse(cidr) for cidr in cidrs}
    bad = [
        f"{where} has {cidr!r}; write a network, e.g. 203.0.113.7/32" for cidr, range_ in found.items() if not range_
    ]
    wide = [cidr for cidr, range_ in found.items() if range_ and range_.prefixlen < WIDEST_PREFIX]
    return bad + [f"{where} has {cidr!r}, which admits everybody; name networks of /8 or narrower" for cidr in wide]
