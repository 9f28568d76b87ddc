"""NetworkStack: things that no golden plan shows. dev has one NAT gateway, prod one in each zone."""

from __future__ import annotations

import functools
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.network.settings import NetworkSettings
from components.network.stack import NetworkStack, NetworkStackArgs
from tests.unit import arguments as builder
from tests.unit.recording import Recorded, needs, record_component

NAME = "fraud-dev-network"
ZONES = ("a", "b", "c")


def arguments(**change: Any) -> NetworkStackArgs:
    usual: dict[str, Any] = {"availability_zones": ZONES, "confluent_prefixes": ("192.0.2.10/32", "198.51.100.0/24")}
    return builder.arguments(NetworkStackArgs, NetworkSettings, **usual | change)


@functools.cache
def made(**change: Any) -> Recorded:
    """The network, and a host that waits for the internet."""

    def build() -> None:
        network = NetworkStack(NAME, arguments(**change))
        aws.ec2.InternetGateway("host", opts=pulumi.ResourceOptions(depends_on=list(network.internet_ready)))

    return record_component(build)


@pytest.mark.parametrize("nat", ["per-zone", "single"])
def test_an_added_zone_changes_no_existing_resource(nat: str) -> None:
    before, after = made(nat=nat), made(nat=nat, availability_zones=(*ZONES, "d"))
    changed = {name for name in before if before[name].inputs != after[name].inputs}
    assert changed == {f"{NAME}-s3"}, f"{changed} change with an added zone; only the S3 endpoint's route tables should"


@pytest.mark.parametrize("nat", ["per-zone", "single"])
def test_a_host_that_needs_the_internet_waits_for_all_routes(nat: str) -> None:
    found = made(nat=nat)
    kinds = (":NatGateway", ":InternetGateway", ":Route", ":RouteTableAssociation")
    expected = {one.name for kind in kinds for one in found.of_type(kind)} - {"host"} | {f"{NAME}-s3"}
    assert needs(found["host"]) == expected, "internet_ready must contain exactly the resources for internet access"


def test_the_prefix_list_holds_confluents_addresses_once_each() -> None:
    prefixes = ("198.51.100.7/32", "192.0.2.10/32", "198.51.100.6/32", "192.0.2.10/32")
    found = made(confluent_prefixes=prefixes, confluent_prefix_quota=20)[f"{NAME}-confluent-egress"].inputs
    assert found["maxEntries"] == 20
    assert [entry["cidr"] for entry in found["entries"]] == ["192.0.2.10/32", "198.51.100.6/31"]


@pytest.mark.parametrize("prefixes", [[], ["10.0.0.1"]])
def test_a_bad_list_from_the_look_up_is_refused_in_the_deploy(prefixes: list[str]) -> None:
    """Confluent's answer is known only in the deploy."""
    answer = pulumi.Output.from_input(prefixes)
    with pytest.raises(ValueError, match="confluent_prefixes: "):
        record_component(lambda: NetworkStack(NAME, arguments(confluent_prefixes=answer)))
