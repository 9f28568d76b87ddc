"""The Kubernetes cluster and its network access."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from policy.addresses import is_internet
from policy.environment import is_production
from policy.inputs import Opaque, absent, get, items, lacking, one_of, text
from policy.model import Resource, Stack, resource_control, stack_control

EKS = "eks:index:Cluster"
AWS_EKS = "aws:eks/cluster:Cluster"
NAMESPACE = "kubernetes:core/v1:Namespace"
SERVICE = "kubernetes:core/v1:Service"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
INGRESS_CLASS_PARAMS = "kubernetes:eks.amazonaws.com/v1:IngressClassParams"
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

SUPPORTED = {
    "1.35": datetime.date(2027, 3, 27),
    "1.36": datetime.date(2027, 8, 2),
}
"""Kubernetes version -> last day of EKS's standard support, after which a cluster costs six times as much.

Source: Amazon EKS user guide, "Understand the Kubernetes version lifecycle on EKS", release calendar.
"""

METADATA = ipaddress.ip_address("169.254.169.254")
"""The address that serves a node's credentials."""

LOGS = ("api", "audit", "authenticator")
INBOUND = "alb.ingress.kubernetes.io/inbound-cidrs"
SCHEME = "alb.ingress.kubernetes.io/scheme"
CERTIFICATE = "alb.ingress.kubernetes.io/certificate-arn"
REDIRECT = "alb.ingress.kubernetes.io/ssl-redirect"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A cluster's settings, from either of the two packages that can declare it."""

    version: Any
    logs: Any
    public: Any
    public_cidrs: Any
    key: Any
    authentication: Any


def cluster_of(resource: Resource) -> Cluster | None:
    """None for pulumi_eks's component if the engine shows no inputs; then the controls judge its child."""
    if resource.type == AWS_EKS:
        return Cluster(
            version=resource.get("version"),
            logs=resource.get("enabledClusterLogTypes"),
            public=resource.get("vpcConfig", "endpointPublicAccess"),
            public_cidrs=resource.get("vpcConfig", "publicAccessCidrs"),
            key=resource.get("encryptionConfig", "provider", "keyArn"),
            authentication=resource.get("accessConfig", "authenticationMode"),
        )
    if not resource.inputs:
        return None
    return Cluster(
        version=resource.get("version"),
        logs=resource.get("enabledClusterLogTypes"),
        public=resource.get("endpointPublicAccess"),
        public_cidrs=resource.get("publicAccessCidrs"),
        key=resource.get("encryptionConfigKeyArn"),
        authentication=resource.get("authenticationMode"),
    )


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


@resource_control(EKS, AWS_EKS, fix=f"set version to the newest of {', '.join(SUPPORTED)}, or add a newer one here")
def kubernetes_version_is_supported(resource: Resource) -> Iterator[str]:
    """The cluster's Kubernetes version is set, and is in EKS's standard support."""
    cluster = cluster_of(resource)
    if cluster is None or isinstance(cluster.version, Opaque):
        return
    last_day = SUPPORTED.get(text(cluster.version))
    if last_day is None:
        yield f"the version {cluster.version} is not known to be supported"
    elif last_day < today():
        yield f"the standard support of {cluster.version} ended on {last_day}"


@resource_control(
    EKS, AWS_EKS, severity="critical", fix="list the operators' prefixes, or turn off the public endpoint"
)
def kubernetes_api_is_not_open(resource: Resource) -> Iterator[str]:
    """The cluster's API is not open to the internet."""
    cluster = cluster_of(resource)
    if cluster is None or cluster.public not in (None, True):
        return
    if absent(cluster.public_cidrs):
        yield "the public endpoint has no allow-list"
    yield from (f"{cidr} may connect" for cidr in items(cluster.public_cidrs) if is_internet(cidr))


@resource_control(EKS, AWS_EKS, severity="medium", fix=f"set enabled_cluster_log_types to {', '.join(LOGS)} and more")
def control_plane_is_logged(resource: Resource) -> Iterator[str]:
    """The cluster's control plane logs API, audit and authenticator."""
    cluster = cluster_of(resource)
    missing = lacking(cluster.logs, LOGS) if cluster else []
    if missing:
        yield f"{', '.join(missing)} is not logged"


@resource_control(EKS, AWS_EKS, fix="set encryption_config_key_arn to the stack's key")
def kubernetes_secrets_are_under_the_stacks_key(resource: Resource) -> Iterator[str]:
    """Kubernetes secrets are encrypted with a key of the stack."""
    cluster = cluster_of(resource)
    if cluster and absent(cluster.key):
        yield "secrets are not encrypted with a key of the stack"


@resource_control(EKS, AWS_EKS, severity="medium", fix='set authentication_mode to "API"')
def kubernetes_access_is_by_access_entries(resource: Resource) -> Iterator[str]:
    """Access entries declare the users of the cluster, not a ConfigMap inside it."""
    cluster = cluster_of(resource)
    if cluster and not one_of(cluster.authentication, "API"):
        yield "the aws-auth ConfigMap grants access"


@resource_control(SERVICE, fix='use the type "ClusterIP" behind an Ingress')
def services_are_internal(resource: Resource) -> Iterator[str]:
    """Services have no address of their own: clients reach them through an Ingress."""
    if not one_of(resource.get("spec", "type"), None, "ClusterIP"):
        yield f"the service is a {resource.get('spec', 'type')}"


@resource_control(
    NAMESPACE, severity="medium", fix='label the namespace pod-security.kubernetes.io/enforce: "restricted"'
)
def namespaces_enforce_restricted_pods(resource: Resource) -> Iterator[str]:
    """A namespace of the stack refuses pods that are not restricted."""
    labels = resource.get("metadata", "labels")
    if not one_of(get(labels, "pod-security.kubernetes.io/enforce"), "restricted"):
        yield "the namespace admits privileged pods"


@stack_control(fix="add a NetworkPolicy with an empty pod selector and the types Ingress and Egress")
def namespaces_deny_by_default(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Each namespace of the stack has a network policy that denies everything by default."""
    policies = list(stack.of_type(NETWORK_POLICY))
    for namespace in stack.of_type(NAMESPACE):
        if not any(_denies_all(policy) and _is_in(policy, namespace) for policy in policies):
            yield namespace, "pods may connect to everything"


@resource_control(NETWORK_POLICY, fix="name peers and ports; exclude 169.254.0.0/16 from the internet")
def network_policies_name_peers_and_ports(resource: Resource) -> Iterator[str]:
    """A network policy opens named ports to named peers, and never the address of the node's credentials."""
    for direction, peers_of in (("ingress", "from"), ("egress", "to")):
        for rule in items(resource.get("spec", direction)):
            if absent(get(rule, peers_of)) or absent(get(rule, "ports")):
                yield f"an {direction} rule is for every peer or every port"
            for block in (get(peer, "ipBlock") for peer in items(get(rule, peers_of))):
                if is_internet(get(block, "cidr")) and not _excludes_metadata(block, direction):
                    yield f"an {direction} rule is for {get(block, 'cidr')}"


def _excludes_metadata(block: Any, direction: str) -> bool:
    excluded = get(block, "except")
    return direction == "egress" and (isinstance(excluded, Opaque) or any(map(_covers_metadata, items(excluded))))


def _covers_metadata(cidr: Any) -> bool:
    return not isinstance(cidr, str) or METADATA in ipaddress.ip_network(cidr, strict=False)


def _denies_all(policy: Resource) -> bool:
    spec = policy.get("spec")
    if isinstance(spec, Opaque):
        return True
    rules = [*items(get(spec, "ingress")), *items(get(spec, "egress"))]
    types = lacking(get(spec, "policyTypes"), ("Ingress", "Egress"))
    return _selects_all(get(spec, "podSelector")) and not types and not rules


def _selects_all(selector: Any) -> bool:
    labels, expressions = get(selector, "matchLabels"), get(selector, "matchExpressions")
    return selector is not None and all(isinstance(part, Opaque) or absent(part) for part in (labels, expressions))


def _is_in(policy: Resource, namespace: Resource) -> bool:
    name = namespace.get("metadata", "name")
    same = isinstance(name, Opaque) or one_of(policy.get("metadata", "namespace"), name)
    return same or namespace.urn in policy.dependencies


@stack_control(fix=f"set the annotation {INBOUND}, or inboundCIDRs of the IngressClassParams, to the users' prefixes")
def production_ingress_has_an_allow_list(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """In production, the app's load balancer admits only listed addresses."""
    of_class = [params.get("spec", "inboundCIDRs") for params in stack.of_type(INGRESS_CLASS_PARAMS)]
    for ingress in stack.of_type(INGRESS) if is_production(stack) else ():
        annotations = ingress.get("metadata", "annotations")
        if one_of(get(annotations, SCHEME), "internal"):
            continue
        listed = [get(annotations, INBOUND), *of_class]
        cidrs = [cidr for one in listed for cidr in _entries(one)]
        if all(map(absent, listed)):
            yield ingress, "the load balancer admits everyone"
        yield from ((ingress, f"{cidr} may connect") for cidr in cidrs if is_internet(cidr))


def _entries(listed: Any) -> Sequence[Any]:
    """The entries of a list, or of a comma-separated text."""
    return text(listed).replace(" ", "").split(",") if text(listed) else items(listed)


@stack_control(fix=f"set the annotations {CERTIFICATE} and {REDIRECT}")
def ingress_speaks_https(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """An Ingress with a certificate serves only HTTPS, and in production it has one."""
    for ingress in stack.of_type(INGRESS):
        annotations = ingress.get("metadata", "annotations")
        certified = not absent(get(annotations, CERTIFICATE))
        if certified and absent(get(annotations, REDIRECT)):
            yield ingress, "the load balancer answers plain HTTP instead of redirecting it"
        if not certified and is_production(stack):
            yield ingress, "the load balancer has no certificate"
