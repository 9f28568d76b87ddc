"""Settings of the transactions app and its cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..constraints import Maybe, Networks, OneOf, Text, Texts, Whole
from ..network.ranges import ANYWHERE
from ..section import Problem, Section
from .api_clients import CLIENT, name_of
from .operators import Operators
from .versions import DEFAULT_VERSION, SUPPORTED_VERSIONS

REPLICAS = Whole(2, 100)
IMAGE = Text(r"[a-z0-9][\w./:-]*@sha256:[0-9a-f]{64}", "an image by digest")
CERTIFICATE = Text(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+", "the ARN of an ACM certificate")
HOSTNAME = Text(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", "a full host name")
ROLES = Texts(r"arn:aws[a-z-]*:iam::\d{12}:role/([\w+=,.@-]+/)*[\w+=,.@-]+", "ARNs of IAM roles")
API_CLIENTS = Texts(CLIENT, "clients' names; =payments or =outcomes after one is its only right")


class AppSettings(Section):
    """The role that creates the cluster is already its administrator and must not be in `admin_role_arns`."""

    title: ClassVar[str] = "App"

    kubernetes_version: Annotated[str, OneOf(tuple(SUPPORTED_VERSIONS))] = Field(
        default=DEFAULT_VERSION,
        validation_alias="kubernetesVersion",
        description="Kubernetes version, one under standard support.",
    )
    admin_role_arns: Annotated[tuple[str, ...], ROLES] = Field(
        default=(),
        validation_alias="adminRoleArns",
        description="IAM roles that administer the Kubernetes cluster, besides the deploying role.",
    )
    image: Annotated[str | None, Maybe(IMAGE, "built from app/")] = Field(
        default=None, validation_alias="appImage", description="The app's image; building it needs Docker."
    )
    ingress_cidrs: Annotated[tuple[str, ...], Networks(everyone=True)] = Field(
        default=(),
        validation_alias="appIngressCidrs",
        description="Networks that may open the app; 0.0.0.0/0 needs TLS and is refused in production.",
    )
    certificate_arn: Annotated[str | None, Maybe(CERTIFICATE, "plain HTTP")] = Field(
        default=None, validation_alias="appCertificateArn", description="ACM certificate of appHostname."
    )
    hostname: Annotated[str | None, Maybe(HOSTNAME, "the load balancer's own")] = Field(
        default=None,
        validation_alias="appHostname",
        description="Host name of the app, a CNAME of the output loadBalancerHost.",
    )
    min_replicas: Annotated[int, REPLICAS] = Field(
        default=2, validation_alias="appMinReplicas", description="Fewest pods of the app."
    )
    max_replicas: Annotated[int, REPLICAS] = Field(
        default=4, validation_alias="appMaxReplicas", description="Most pods of the app."
    )
    generator_rate: Annotated[int, Whole(0, 1000)] = Field(
        default=5, validation_alias="generatorRate", description="Payments per second of the generator; 0: none."
    )
    operators: Annotated[Any, Operators()] = Field(
        default=None,
        validation_alias="operators",
        description="Who may change anything on the page, which is only read without them (pulumi config set --secret "
        "operators).",
    )
    api_clients: Annotated[tuple[str, ...], API_CLIENTS] = Field(
        default=(),
        validation_alias="apiClients",
        description="Systems that may send payments; the output apiKeys has a key for each (docs/api.md).",
    )

    def problems(self) -> Iterator[Problem]:
        names = [role_name(arn) for arn in self.admin_role_arns]
        if len(set(names)) < len(names):
            yield Problem("admin_role_arns", list(self.admin_role_arns), "roles whose names differ")
        clients = [name_of(client) for client in self.api_clients]
        if len(set(clients)) < len(clients):
            yield Problem("api_clients", list(self.api_clients), "each name once")
        if self.max_replicas < self.min_replicas:
            yield Problem("max_replicas", self.max_replicas, f"appMinReplicas ({self.min_replicas}) or more")
        if ANYWHERE in self.ingress_cidrs and self.certificate_arn is None:
            yield Problem("ingress_cidrs", [ANYWHERE], "narrower networks while appCertificateArn is empty")
        if bool(self.certificate_arn) != bool(self.hostname):
            allowed = "a name that appCertificateArn covers, or nothing without a certificate"
            yield Problem("hostname", self.hostname or "", allowed)

    def production_problems(self) -> Iterator[Problem]:
        if ANYWHERE in self.ingress_cidrs:
            yield Problem("ingress_cidrs", [ANYWHERE], "the users' own networks in production")
        if self.certificate_arn is None:
            yield Problem("certificate_arn", "", "an ACM certificate in production: users log in there")
        if self.generator_rate:
            yield Problem("generator_rate", self.generator_rate, "0 in production: payments come from customers")


def role_name(arn: str) -> str:
    """The last part of a role's ARN."""
    return arn.rsplit("/", 1)[-1]
