"""The definition of a sink: a store with its settings, and the connector that feeds it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pulumi

from ..alarms import Alarm
from ..aws_context import AwsContext
from ..confluent.connector import SinkConnector
from ..connections import Connection
from ..section import Section


class Store(pulumi.ComponentResource):
    """`connection` is for the connector; `outputs` are stack outputs for people, by name."""

    connection: Any
    outputs: Mapping[str, pulumi.Output[str]] = MappingProxyType({})
    alarms: Sequence[Alarm] = ()


@dataclass(frozen=True, kw_only=True)
class SinkTargetsArgs:
    """`settings` of the stores to create, by sink; the other fields place them and restrict access.

    A store in the VPC uses the public `subnet_ids`: its connector comes from the internet, and only from the addresses
    of `confluent_prefix_list_id`. A store outside the VPC admits `confluent_prefixes` (the same addresses),
    `operator_cidrs` (people and `pulumi up`) and `nat_addresses` (the app).
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
    """`connection` is the type of the store's connection; `provider` creates a provider other than AWS's."""

    name: str
    settings: type[Section]
    connection: type[Connection]
    connector: Callable[[Any], SinkConnector]
    store: Callable[[str, SinkTargetsArgs, Any, pulumi.ResourceOptions], Store]
    provider: Callable[[str, Any], pulumi.ProviderResource] | None = None
