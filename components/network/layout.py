"""The address plan of the VPC, and its validation. Makes no resource, so the settings can use it too.

The VPC is cut into /20 blocks of 4,096 addresses. Block 0 holds the small subnets, each zone has one block for pods:

    block 0         sixteen /24s: public of zones a to h, then data of zones a to h
    block 1 .. n    app of zone a, b, c, ...

A subnet's place follows from its zone's letter alone, so adding or removing a zone never moves another's subnets.
A /16 has room for zones a to h, a /17 for a to g, a /18 for a to c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from .ranges import PRIVATE, is_private

LETTERS = "abcdefgh"
BLOCK_PREFIX = 20
SMALL_PREFIX = 24
LARGEST_PREFIX = 18
"""Of the smallest VPC; AWS allows none larger than a /16."""
SMALLEST_PREFIX = 16
FEWEST_ZONES, MOST_ZONES = 2, 4
DOCKER = IPv4Network("172.17.0.0/16")
"""Docker's default bridge: the Oracle host could not answer a client from this range (also in AWS's VPC guide)."""


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
        place = LETTERS.index(zone[-1])
        return ZoneSubnets(
            zone=zone, public=str(small[place]), app=str(blocks[1 + place]), data=str(small[len(LETTERS) + place])
        )

    return tuple(of_zone(zone) for zone in zones)


def problems(cidr: str, zones: Sequence[str], region: str) -> list[str]:
    """Everything that is wrong with a VPC's address range and zones, each with its fix; empty when they are valid."""
    found = _cidr_problems(cidr) + _zone_problems(zones, region)
    return found or _room_problems(cidr, zones)


def _cidr_problems(cidr: str) -> list[str]:
    try:
        network = IPv4Network(cidr, strict=False)
    except ValueError:
        return [f"cidr is {cidr!r}, which is no IPv4 range; set it to one like 10.0.0.0/16"]
    found = []
    if not SMALLEST_PREFIX <= network.prefixlen <= LARGEST_PREFIX:
        found.append(f"cidr is {cidr!r}; set it to a range of /{SMALLEST_PREFIX} to /{LARGEST_PREFIX}")
    elif cidr != str(network):
        found.append(f"cidr is {cidr!r}, which is not how the network's address is written; set it to {network}")
    if not is_private(network):
        found.append(f"cidr is {cidr!r}; set it to a private range: within {', '.join(map(str, PRIVATE))}")
    if network.subnet_of(DOCKER):
        found.append(f"cidr is {cidr!r}, which containers on a host use themselves; set it to one outside {DOCKER}")
    return found


def _zone_problems(zones: Sequence[str], region: str) -> list[str]:
    found = []
    if isinstance(zones, str) or not FEWEST_ZONES <= len(zones) <= MOST_ZONES:
        return [f"availability_zones is {zones!r}; give {FEWEST_ZONES} to {MOST_ZONES} names, e.g. {region}a"]
    if repeated := sorted({zone for zone in zones if zones.count(zone) > 1}):
        found.append(f"availability_zones repeats {', '.join(repeated)}; name each zone once")
    pattern = re.compile(rf"{re.escape(region)}[{LETTERS}]")
    if foreign := [repr(zone) for zone in zones if not pattern.fullmatch(zone)]:
        names = f"{region}a to {region}{LETTERS[-1]}"
        found.append(f"availability_zones has {', '.join(foreign)}, not of region {region}; give names of {names}")
    return found


def _room_problems(cidr: str, zones: Sequence[str]) -> list[str]:
    prefix = IPv4Network(cidr).prefixlen
    room = LETTERS[: 2 ** (BLOCK_PREFIX - prefix) - 1]
    outside = [zone for zone in zones if zone[-1] not in room]
    if not outside:
        return []
    return [
        f"cidr {cidr} has room for zones {room[0]} to {room[-1]}, not for {', '.join(outside)}; "
        f"set it to a /{prefix - 1} or larger, or choose other zones"
    ]
