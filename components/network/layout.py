"""The address plan of the VPC, and its validation.

The VPC consists of /20 blocks of 4,096 addresses. Block 0 holds the small subnets; each zone has one block for pods:

    block 0         sixteen /24s: public of zones a to h, then data of zones a to h
    block 1 .. n    app of zone a, b, c, ...

The zone's letter alone decides a subnet's range, so adding or removing a zone never moves another zone's subnets.
A /16 has room for zones a to h, a /17 for a to g, a /18 for a to c.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from ..section import Problem
from .ranges import PRIVATE, is_private

LETTERS = "abcdefgh"
BLOCK_PREFIX = 20
SMALL_PREFIX = 24
LARGEST_PREFIX = 18
"""Prefix of the smallest VPC; AWS allows none larger than a /16."""
SMALLEST_PREFIX = 16
FEWEST_ZONES, MOST_ZONES = 2, 4
DOCKER = IPv4Network("172.17.0.0/16")
"""Docker's default bridge: the Oracle host could not answer a client in this range (see AWS's VPC guide)."""


@dataclass(frozen=True, kw_only=True)
class ZoneSubnets:
    """CIDRs of one zone's three subnets: /24, /20, /24."""

    zone: str
    public: str
    app: str
    data: str


def subnets(cidr: str, zones: Sequence[str]) -> tuple[ZoneSubnets, ...]:
    """The subnets of each zone, in the order of `zones`. The arguments must have no `problems`."""
    blocks = list(IPv4Network(cidr).subnets(new_prefix=BLOCK_PREFIX))
    small = list(blocks[0].subnets(new_prefix=SMALL_PREFIX))

    def of_zone(zone: str) -> ZoneSubnets:
        place = LETTERS.index(zone)
        return ZoneSubnets(
            zone=zone, public=str(small[place]), app=str(blocks[1 + place]), data=str(small[len(LETTERS) + place])
        )

    return tuple(of_zone(zone) for zone in zones)


def problems(cidr: str, zones: Sequence[str]) -> Iterator[Problem]:
    """Problems of a VPC's address range and of the number of its zones."""
    if not FEWEST_ZONES <= len(zones) <= MOST_ZONES:
        yield Problem("availability_zones", list(zones), f"{FEWEST_ZONES} to {MOST_ZONES} letters, such as a and b")
    try:
        network = IPv4Network(cidr, strict=False)
    except ValueError:
        yield Problem("cidr", cidr, "an IPv4 network such as 10.0.0.0/16")
        return
    if not SMALLEST_PREFIX <= network.prefixlen <= LARGEST_PREFIX:
        yield Problem("cidr", cidr, f"a network of /{SMALLEST_PREFIX} to /{LARGEST_PREFIX}")
    elif cidr != str(network):
        yield Problem("cidr", cidr, f"{network}, the notation of that network")
    else:
        yield from _room_problems(network, zones)
    if not is_private(network):
        yield Problem("cidr", cidr, f"a private network, within {', '.join(map(str, PRIVATE))}")
    if network.overlaps(DOCKER):
        yield Problem("cidr", cidr, f"a network that does not overlap {DOCKER}, which Docker uses")


def _room_problems(network: IPv4Network, zones: Sequence[str]) -> Iterator[Problem]:
    room = LETTERS[: 2 ** (BLOCK_PREFIX - network.prefixlen) - 1]
    outside = [zone for zone in zones if zone not in room]
    if outside:
        allowed = f"a network with room for zone {outside[-1]}, /{network.prefixlen - 1} or larger, or other zones"
        yield Problem("cidr", str(network), allowed)
