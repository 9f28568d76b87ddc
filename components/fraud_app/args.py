"""What FraudApp takes, and what it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

import pulumi

from ..connections import ORACLE_PORT
from ..log_groups import retention_problems
from ..network.ranges import ANYWHERE, WIDEST_PREFIX, parse
from ..oracle.names import APP_USER, PDB
from .versions import DEFAULT_VERSION, SUPPORTED_VERSIONS

# Of the cluster's services, fixed so that the network policies know where its DNS answers: at the tenth address.
SERVICE_CIDR = "172.20.0.0/16"
DNS_ADDRESS = "172.20.0.10/32"
LEAST_REPLICAS = 2
IMAGE = r"[a-z0-9][\w./:-]*@sha256:[0-9a-f]{64}"
CERTIFICATE = r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+"
HOSTNAME = r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
ROLE = r"arn:aws[a-z-]*:iam::\d{12}:role/([\w+=,.@-]+/)*[\w+=,.@-]+"
# Thresholds that the app shares with flink_sql, named as there; the app's own variables are these in capitals.
RULES = ("burst_count", "burst_amount", "large_amount", "home_prefix")


@dataclass(frozen=True, kw_only=True)
class AppDatabase:
    """Oracle as the pods reach it; `service` is a pluggable database, `user` owns the two tables."""

    host: pulumi.Input[str]
    password: pulumi.Input[str]
    port: int = ORACLE_PORT
    service: str = PDB
    user: str = APP_USER


@dataclass(frozen=True, kw_only=True)
class AppKafka:
    """The cluster that the alerts are read from, and the registry that has their schema (they are Avro).

    A `private` one answers in the VPC alone, at endpoints with addresses of `vpc_cidr`.
    """

    bootstrap: pulumi.Input[str]
    key: pulumi.Input[str]
    secret: pulumi.Input[str]
    registry_url: pulumi.Input[str]
    registry_key: pulumi.Input[str]
    registry_secret: pulumi.Input[str]
    private: bool = False


@dataclass(frozen=True, kw_only=True)
class FraudAppArgs:
    """`image` is a reference by digest; without one the image is built from app/.

    Network: nodes run in `app_subnet_ids`, the load balancer in `public_subnet_ids`; it and the database have their
    addresses in `vpc_cidr`. `network_ready` are the routes that nodes need to pull images; on destroy they outlive the
    load balancer. `ingress_cidrs` may open the page; 0.0.0.0/0 only over TLS. Only `api_cidrs` reach the Kubernetes API
    from outside: without any, the deployer must be inside the VPC.

    Access: whoever creates the cluster is its administrator anyway and must not be in `admin_role_arns` too.

    `zone_spread` required survives the loss of a zone, and pays for a node in each.

    `rules` are the thresholds of flink_sql; those in `RULES` must be there. `generator_rate` is payments per second
    (0: no generator), with a fraud every `fraud_every_seconds` (0: none).
    """

    region: str
    vpc_id: pulumi.Input[str]
    app_subnet_ids: Sequence[pulumi.Input[str]]
    public_subnet_ids: Sequence[pulumi.Input[str]]
    vpc_cidr: str
    kms_key_arn: pulumi.Input[str]
    ingress_cidrs: tuple[str, ...]
    database: AppDatabase
    database_security_group_id: pulumi.Input[str]
    kafka: AppKafka
    rules: Mapping[str, str]

    network_ready: Sequence[pulumi.Resource] = ()
    database_ready: Sequence[pulumi.Resource] = ()

    kubernetes_version: str = DEFAULT_VERSION
    api_cidrs: tuple[str, ...] = ()
    admin_role_arns: tuple[str, ...] = ()
    log_retention_days: int = 90
    protect: bool = False

    image: str | None = None
    certificate_arn: str | None = None
    hostname: str | None = None
    min_replicas: int = 2
    max_replicas: int = 6
    zone_spread: Literal["required", "preferred"] = "required"
    generator_rate: float = 0.0
    fraud_every_seconds: float = 60.0

    def __post_init__(self) -> None:
        problems = [*self._cluster_problems(), *self._network_problems(), *self._app_problems()]
        if problems:
            raise ValueError("; ".join(problems))

    def _cluster_problems(self) -> Iterator[str]:
        if self.kubernetes_version not in SUPPORTED_VERSIONS:
            yield (
                f"kubernetes_version is {self.kubernetes_version!r}; set it to one of {', '.join(SUPPORTED_VERSIONS)}"
            )
        for role in self.admin_role_arns:
            if not re.fullmatch(ROLE, role):
                yield f"admin_role_arns has {role!r}; give ARNs of IAM roles (arn:aws:iam::<account>:role/<name>)"
        names = [role_name(role) for role in self.admin_role_arns]
        if len(set(names)) < len(names):
            yield f"admin_role_arns repeats a role's name in {list(self.admin_role_arns)}; give each name once"
        yield from retention_problems(self.log_retention_days)

    def _network_problems(self) -> Iterator[str]:
        given = {"api_cidrs": self.api_cidrs, "ingress_cidrs": self.ingress_cidrs, "vpc_cidr": (self.vpc_cidr,)}
        for name, cidrs in given.items():
            for cidr in cidrs:
                if parse(cidr) is None:
                    yield f"{name} has {cidr!r}; give an IPv4 range such as 203.0.113.0/24"
        own = parse(self.vpc_cidr)
        if own and own.overlaps(IPv4Network(SERVICE_CIDR)):
            yield f"vpc_cidr is {self.vpc_cidr}; choose one apart from {SERVICE_CIDR}, the range of the services"
        for cidr in self.api_cidrs:
            found = parse(cidr)
            if found and found.prefixlen < WIDEST_PREFIX:
                yield f"api_cidrs has {cidr!r}; give the operators' own ranges, none wider than /{WIDEST_PREFIX}"
        if not self.ingress_cidrs:
            yield "ingress_cidrs is empty, which a load balancer takes for everybody; give the users' ranges"
        if ANYWHERE in self.ingress_cidrs and not self.certificate_arn:
            yield f"ingress_cidrs has {ANYWHERE} without certificate_arn; set a certificate, or list narrower ranges"

    def _app_problems(self) -> Iterator[str]:
        if self.image is not None and not re.fullmatch(IMAGE, self.image):
            yield f"image is {self.image!r}; give it by digest: <registry>/<name>@sha256:<64 hexadecimal digits>"
        if self.certificate_arn is not None and not re.fullmatch(CERTIFICATE, self.certificate_arn):
            yield f"certificate_arn is {self.certificate_arn!r}; give the ARN of an ACM certificate"
        if self.hostname is not None and not re.fullmatch(HOSTNAME, self.hostname):
            yield f"hostname is {self.hostname!r}; give a full name such as fraud.example.com"
        if self.certificate_arn and not self.hostname:
            yield "certificate_arn is set without hostname; set hostname to a name that the certificate covers"
        if not LEAST_REPLICAS <= self.min_replicas <= self.max_replicas:
            yield (
                f"min_replicas is {self.min_replicas}, max_replicas {self.max_replicas}; "
                f"set {LEAST_REPLICAS} <= min_replicas <= max_replicas"
            )
        if self.generator_rate < 0 or self.fraud_every_seconds < 0:
            yield (
                f"generator_rate is {self.generator_rate}, fraud_every_seconds {self.fraud_every_seconds}; "
                "set them to 0 or more"
            )
        absent = [rule for rule in RULES if rule not in self.rules]
        if absent:
            yield f"rules has no {', '.join(absent)}; give the variables of flink_sql"


def role_name(arn: str) -> str:
    """The last part of a role's ARN."""
    return arn.rsplit("/", 1)[-1]
