"""Network policies of the pods: a few allowed connections; everything else is denied in both directions."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from ..network import ranges
from .args import DNS_ADDRESS, FraudAppArgs
from .pods import OPERATIONS_PORT, PORT, Runtime, labels

KAFKA_PORT = 9092
HTTPS = 443
# Confluent's addresses are public and change: allow all but private ones and the host's metadata.
LINK_LOCAL = "169.254.0.0/16"
NOT_PUBLIC = sorted([LINK_LOCAL, *map(str, ranges.PRIVATE)])

_net = k8s.networking.v1


def make_network_policies(
    name: str, args: FraudAppArgs, runtime: Runtime, opts: ResourceOptions
) -> list[pulumi.Resource]:
    """Enable the controller, deny by default, and allow four connections. Pods must depend on all of them.

    Until the ConfigMap exists, auto mode accepts policies but does not enforce them (EKS user guide, "Use Network
    Policies with EKS Auto Mode").
    """
    switch = k8s.core.v1.ConfigMap(
        f"{name}-network-policies-on",
        metadata=k8s.meta.v1.ObjectMetaArgs(name="amazon-vpc-cni", namespace="kube-system"),
        data={"enable-network-policy-controller": "true"},
        opts=opts,
    )
    opts = ResourceOptions.merge(opts, ResourceOptions(depends_on=[switch]))

    def policy(purpose: str, spec: _net.NetworkPolicySpecArgs) -> k8s.networking.v1.NetworkPolicy:
        where = k8s.meta.v1.ObjectMetaArgs(name=purpose, namespace=runtime.namespace)
        return k8s.networking.v1.NetworkPolicy(f"{name}-{purpose}", metadata=where, spec=spec, opts=opts)

    everyone, web = k8s.meta.v1.LabelSelectorArgs(), k8s.meta.v1.LabelSelectorArgs(match_labels=labels("web"))
    return [
        switch,
        policy("deny-all", _net.NetworkPolicySpecArgs(pod_selector=everyone, policy_types=["Ingress", "Egress"])),
        # It forwards requests to the first port only, and looks at the other one to see who is ready.
        policy("from-load-balancer", _from(web, args.vpc_cidr, [PORT, OPERATIONS_PORT])),
        # By address, because auto mode's DNS is not a pod that a selector can match.
        policy("to-dns", _to(everyone, [_block(DNS_ADDRESS)], [("UDP", 53), ("TCP", 53)])),
        policy("to-database", _to(everyone, [_block(args.vpc_cidr)], [("TCP", args.database.port)])),
        policy("to-confluent", _to(web, [_confluent(args)], [("TCP", KAFKA_PORT), ("TCP", HTTPS)])),
    ]


def _confluent(args: FraudAppArgs) -> _net.NetworkPolicyPeerArgs:
    return _block(args.vpc_cidr) if args.kafka.private else _block(ranges.ANYWHERE, but=NOT_PUBLIC)


def _block(cidr: str, *, but: Sequence[str] = ()) -> _net.NetworkPolicyPeerArgs:
    return _net.NetworkPolicyPeerArgs(ip_block=_net.IPBlockArgs(cidr=cidr, except_=list(but) or None))


def _from(pods: k8s.meta.v1.LabelSelectorArgs, cidr: str, ports: Sequence[int]) -> _net.NetworkPolicySpecArgs:
    allowed = [_net.NetworkPolicyPortArgs(protocol="TCP", port=port) for port in ports]
    rule = _net.NetworkPolicyIngressRuleArgs(from_=[_block(cidr)], ports=allowed)
    return _net.NetworkPolicySpecArgs(pod_selector=pods, policy_types=["Ingress"], ingress=[rule])


def _to(
    pods: k8s.meta.v1.LabelSelectorArgs, peers: list[_net.NetworkPolicyPeerArgs], ports: Sequence[tuple[str, int]]
) -> _net.NetworkPolicySpecArgs:
    allowed = [_net.NetworkPolicyPortArgs(protocol=protocol, port=port) for protocol, port in ports]
    rule = _net.NetworkPolicyEgressRuleArgs(to=peers, ports=allowed)
    return _net.NetworkPolicySpecArgs(pod_selector=pods, policy_types=["Egress"], egress=[rule])
