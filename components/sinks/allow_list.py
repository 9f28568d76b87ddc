"""The allow-list of a store with a public endpoint."""

from __future__ import annotations

from collections.abc import Sequence

from ..network.egress import given_prefix_problems


def admitted(prefixes: Sequence[str], operators: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """Every network that may reach a store, sorted: Confluent's prefixes, operators' networks, single addresses.

    Raises ValueError for a malformed prefix or one that admits everyone.
    """
    own = (*operators, *(f"{address}/32" for address in addresses))
    if problems := given_prefix_problems(prefixes):
        raise ValueError("; ".join(problems))
    return sorted({*prefixes, *own})
