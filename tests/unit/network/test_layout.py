"""The address plan: subnets of every allowed VPC, and refused ranges."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Network

import pytest

from components.network import layout

ZONES = ("a", "b", "c")


def _ends(networks: list[IPv4Network]) -> tuple[IPv4Network, IPv4Network]:
    return networks[0], networks[-1]


def plans() -> list[tuple[str, tuple[str, ...]]]:
    """Every size of VPC at both ends of each private range, with every choice of zones."""
    networks = [
        str(network)
        for private in layout.PRIVATE
        for prefix in (16, 17, 18)
        for network in {*_ends(list(private.subnets(new_prefix=prefix)))}
        if not network.subnet_of(layout.DOCKER)
    ]
    choices = [zones for count in (2, 3, 4) for zones in itertools.combinations(layout.LETTERS, count)]
    return [
        (cidr, zones) for cidr, zones in itertools.product(networks, choices) if not list(layout.problems(cidr, zones))
    ]


def test_subnets_of_every_allowed_plan_are_inside_and_apart() -> None:
    tried = plans()
    assert len(tried) > 1000, "fewer plans than before: does `problems` refuse good ones?"
    for cidr, zones in tried:
        found = layout.subnets(cidr, zones)
        networks = sorted(IPv4Network(text) for zone in found for text in (zone.public, zone.app, zone.data))
        assert all(network.subnet_of(IPv4Network(cidr)) for network in networks), f"{cidr} {zones}: outside"
        apart = all(one.broadcast_address < two.network_address for one, two in itertools.pairwise(networks))
        assert apart, f"{cidr} {zones}: {networks} overlap"
        assert [zone.zone for zone in found] == list(zones)
        sizes = {tuple(IPv4Network(text).prefixlen for text in (z.public, z.app, z.data)) for z in found}
        assert sizes == {(24, 20, 24)}


def test_changing_zones_keeps_the_other_zones_subnets() -> None:
    all_of = {zone.zone: zone for zone in layout.subnets("10.0.0.0/16", layout.LETTERS)}
    for zones in itertools.permutations(all_of, 3):
        assert layout.subnets("10.0.0.0/16", zones) == tuple(all_of[zone] for zone in zones)


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("", "an IPv4 network such as 10.0.0.0/16"), ("ten", "an IPv4 network"), ("10.0.0.0/33", "an IPv4 network"),
        ("10.0.0/16", "an IPv4 network"), ("10.0.0.256/16", "an IPv4 network"), ("fd00::/16", "an IPv4 network"),
        ("10.0.0.0/-1", "an IPv4 network"), (" 10.0.0.0/16", "an IPv4 network"), ("010.0.0.0/16", "an IPv4 network"),
        ("10.0.0.0/16/16", "an IPv4 network"),
        ("10.0.0.1/16", "10.0.0.0/16, the notation"), ("10.0.128.0/16", "10.0.0.0/16, the notation"),
        ("10.0.0.0/255.255.0.0", "10.0.0.0/16, the notation"), ("10.0.0.0/016", "10.0.0.0/16, the notation"),
        ("10.0.0.0", "a network of /16 to /18"), ("10.0.0.0/19", "a network of /16 to /18"),
        ("10.0.0.0/8", "a network of /16 to /18"), ("0.0.0.0/0", "a network of /16 to /18"),
        ("8.8.0.0/16", "a private network"), ("172.32.0.0/16", "a private network"),
        ("172.15.0.0/16", "a private network"), ("192.167.0.0/16", "a private network"),
        ("100.64.0.0/16", "a private network"), ("169.254.0.0/16", "a private network"),
        ("172.17.0.0/16", "does not overlap 172.17.0.0/16"), ("172.17.64.0/18", "does not overlap 172.17.0.0/16"),
    ],
)  # fmt: skip
def test_a_bad_range_is_refused_with_its_fix(cidr: str, message: str) -> None:
    found = list(layout.problems(cidr, ZONES))
    assert any(message in problem.allowed for problem in found), f"{cidr!r} gave {found}"
    assert {(problem.field, problem.value) for problem in found} == {("cidr", cidr)}


@pytest.mark.parametrize("zones", [(), ("a",), tuple("abcde")])
def test_too_few_and_too_many_zones_are_refused(zones: tuple[str, ...]) -> None:
    (found,) = layout.problems("10.0.0.0/16", zones)
    assert found.field == "availability_zones" and "2 to 4 letters" in found.allowed


@pytest.mark.parametrize(("cidr", "last"), [("10.0.0.0/16", "h"), ("10.0.0.0/17", "g"), ("10.0.0.0/18", "c")])
def test_a_zone_without_room_is_refused(cidr: str, last: str) -> None:
    for letter in layout.LETTERS[1:]:
        found = list(layout.problems(cidr, ("a", letter)))
        assert bool(found) == (letter > last), f"{cidr} zone {letter}: {found}"
    if last == "c":
        (found,) = layout.problems(cidr, ("a", "d"))
        assert found.allowed == "a network with room for zone d, /17 or larger, or other zones"
