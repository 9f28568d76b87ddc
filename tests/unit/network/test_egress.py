"""Confluent's addresses: the look-up, refused answers, and merged prefixes."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.network.egress import checked_prefixes, confluent_egress_prefixes, prefix_problems
from components.network.ranges import range_problems
from plan import fakes
from stacks.aws import _usable
from tests.unit.recording import record_component

LOOK_UP = "confluentcloud:index/getIpAddresses:getIpAddresses"


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        ((), "Confluent reports no egress prefixes for this region; set those on"),
        (("192.0.2.10",), "'192.0.2.10': not an IPv4 network"),
        (("192.0.2.1/24",), "'192.0.2.1/24': not an IPv4 network"),
        (("2001:db8::/32",), "not an IPv4 network"), (("",), "'': not an IPv4 network"),
        (("192.0.2.0/33",), "not an IPv4 network"), (("192.0.2.0/255.255.255.0",), "not an IPv4 network"),
        (("a", "192.0.2.10/32", "b"), "'a', 'b': not an IPv4 network"),
        (("0.0.0.0/0",), "0.0.0.0/0: broader than a /16"), (("192.0.0.0/15",), "broader than a /16"),
        (tuple(f"192.0.2.{n}/32" for n in (1, 3, 5, 7)), "has 4 egress prefixes, more than confluent_prefix_quota 3"),
    ],
)  # fmt: skip
def test_a_bad_allow_list_is_refused_with_its_fix(prefixes: tuple[str, ...], message: str) -> None:
    (found,) = prefix_problems(prefixes, 3)
    assert message in found
    with pytest.raises(ValueError, match="confluent_prefixes: "):
        checked_prefixes(prefixes, 3)


def test_a_network_of_your_own_is_no_wider_than_an_8() -> None:
    assert range_problems("operator_cidrs", ["10.0.0.0/8"]) == []
    (found,) = range_problems("operator_cidrs", ["10.0.0.0/7"])
    assert "'10.0.0.0/7', which admits everyone" in found


def test_the_fewest_prefixes_are_the_same_addresses() -> None:
    prefixes = ["192.0.2.0/25", "192.0.2.128/25", "198.51.100.9/32", "198.51.100.0/24", "203.0.113.1/32"]
    assert checked_prefixes(prefixes, 3) == ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.1/32"]
    assert checked_prefixes(["192.0.0.0/16"], 1) == ["192.0.0.0/16"]


def asked(region: str, override: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[Any]]:
    """The resulting prefixes, and the look-ups."""
    calls: list[Any] = []

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        calls.append(args)
        return {"id": "x", "ipAddresses": [{"ipPrefix": "192.0.2.10/32"}, {"ipPrefix": "198.51.100.0/24"}]}

    monkeypatch.setitem(fakes.INVOKES, LOOK_UP, answer)
    return record_component(lambda: confluent_egress_prefixes(region, override)).result, calls


def test_the_look_up_asks_for_the_connectors_egress_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    found, calls = asked("eu-west-1", (), monkeypatch)
    assert found == ["192.0.2.10/32", "198.51.100.0/24"]
    wanted = {"clouds": ["AWS"], "regions": ["eu-west-1"], "services": ["CONNECT"], "addressTypes": ["EGRESS"]}
    assert calls == [{"filter": wanted}]


def test_an_override_skips_the_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked("eu-west-1", ("203.0.113.0/28",), monkeypatch) == (["203.0.113.0/28"], [])


def test_an_empty_look_up_names_the_setting() -> None:
    with pytest.raises(pulumi.RunError, match="confluentEgressPrefixes: Confluent reports no egress prefixes"):
        _usable([], 60)
    assert _usable(["192.0.2.10/32"], 60) == ["192.0.2.10/32"]
