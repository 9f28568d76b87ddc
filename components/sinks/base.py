"""What a sink is: a store with its settings, and the connector that feeds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pulumi

from ..aws_context import AwsContext
from ..confluent.connector import SinkConnector
from ..connections import Connection
from ..section import Section


class Store(pulumi.ComponentResource):
    """`connection` is what the connector needs to know; `outputs` are for people, by the stack output's name."""

    connection: Any
    outputs: Mapping[str, pulumi.Output[str]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class SinkTargetsArgs:
    """`settings` of the stores to make, by the sink's name; the rest is where they stand and who reaches them.

    A store in the VPC stands in `subnet_ids`, which are public: its connector comes from the internet, from the
    addresses of `confluent_prefix_list_id` and no other. The stores outside admit `confluent_prefixes`, the same by
    value; `operator_cidrs` are those of people and of `pulumi up`, `nat_addresses` those of the app.
    """

    context: AwsContext
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    confluent_prefix_list_id: pulumi.Input[str]
    confluent_prefixes: pulumi.Input[Sequence[str]]
    operator_cidrs: Sequence[str]
    settings: Mapping[str, Section]
    nat_addresses: pulumi.Input[Sequence[pulumi.Input[str]]] = ()
    network_ready: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True, kw_only=True)
class Sink:
    """`connection` is the type of a store's; `provider` makes the one that the store needs besides AWS's."""

    name: str
    settings: type[Section]
    connection: type[Connection]
    connector: Callable[[Any], SinkConnector]
    store: Callable[[str, SinkTargetsArgs, Any, pulumi.ResourceOptions], Store]
    provider: Callable[[str, Any], pulumi.ProviderResource] | None = None
