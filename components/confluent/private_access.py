"""The private connections that each cluster type needs: see docs/private-networking.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi import ResourceOptions

from ..network.private_link_endpoint import VpcPlacement
from .private_egress import EgressGateway
from .private_link import (
    DedicatedIngress,
    DedicatedIngressArgs,
    PrivateIngress,
    PrivateIngressArgs,
)


@dataclass(frozen=True, kw_only=True)
class PrivateAccess:
    """The VPC that reaches the cluster, its AWS account, and its zones' ids by name."""

    placement: VpcPlacement
    account_id: pulumi.Input[str]
    zone_ids: Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class PrivatePaths:
    """A dedicated cluster's network and gateway. A private endpoint answers once the resources in `ready` exist."""

    network_id: pulumi.Output[str] | None = None
    egress_gateway: EgressGateway | None = None
    ready: tuple[pulumi.Resource, ...] = ()


def make_paths(
    name: str,
    access: PrivateAccess,
    environment_id: pulumi.Input[str],
    *,
    dedicated: bool,
    protect: bool,
    opts: ResourceOptions,
) -> PrivatePaths:
    """PrivateIngress serves Schema Registry, Flink and an enterprise cluster's Kafka; a dedicated Kafka has its own."""
    shared = PrivateIngress(
        f"{name}-private", PrivateIngressArgs(environment_id=environment_id, placement=access.placement), opts
    )
    if not dedicated:
        return PrivatePaths(ready=shared.ready)
    args = DedicatedIngressArgs(
        environment_id=environment_id,
        account_id=access.account_id,
        placement=access.placement,
        zone_ids=access.zone_ids,
        protect=protect,
    )
    own = DedicatedIngress(f"{name}-dedicated", args, opts)
    return PrivatePaths(network_id=own.network_id, egress_gateway=own.egress_gateway, ready=(*shared.ready, *own.ready))
