"""The cluster of the transactions app, and who may open it."""

from __future__ import annotations

from dataclasses import dataclass

from components.fraud_app.args import CERTIFICATE, HOSTNAME, IMAGE, LEAST_REPLICAS, ROLE, role_name
from components.fraud_app.versions import SUPPORTED_VERSIONS
from components.network.ranges import ANYWHERE
from stacks.config import Reader


@dataclass(frozen=True, kw_only=True)
class App:
    """`image` is None when it is built from app/; `api_cidrs` may reach the Kubernetes API from outside."""

    kubernetes_version: str
    api_cidrs: tuple[str, ...]
    admin_role_arns: tuple[str, ...]
    image: str | None
    ingress_cidrs: tuple[str, ...]
    certificate_arn: str | None
    hostname: str | None
    min_replicas: int
    max_replicas: int
    generator_rate: int


def read(reader: Reader, operator_cidrs: tuple[str, ...], *, production: bool, layer: str) -> App:
    """Read the section; the operators' addresses reach the Kubernetes API."""
    app = App(
        kubernetes_version=reader.choice("kubernetesVersion", tuple(SUPPORTED_VERSIONS)),
        api_cidrs=operator_cidrs,
        admin_role_arns=reader.texts("adminRoleArns", ROLE, "ARNs of IAM roles"),
        image=reader.text("appImage", f"({IMAGE})?", "an image by digest, or nothing: built from app/") or None,
        ingress_cidrs=reader.cidrs("appIngressCidrs", everybody=not production),
        certificate_arn=reader.text("appCertificateArn", f"({CERTIFICATE})?",
                                    "the ARN of an ACM certificate, or nothing: plain HTTP") or None,
        hostname=reader.text("appHostname", f"({HOSTNAME})?", "a full host name, or nothing") or None,
        min_replicas=reader.integer("appMinReplicas", LEAST_REPLICAS, 100),
        max_replicas=reader.integer("appMaxReplicas", LEAST_REPLICAS, 100),
        generator_rate=reader.integer("generatorRate", 0, 1000),
    )  # fmt: skip
    if not app.ingress_cidrs and layer != "streaming":
        reader.refuse(
            "appIngressCidrs", [], "the networks of those who use the app; a load balancer takes none for all"
        )
    _check(reader, app, production)
    return app


def _check(reader: Reader, app: App, production: bool) -> None:
    names = [role_name(arn) for arn in app.admin_role_arns]
    if len(set(names)) < len(names):
        reader.refuse("adminRoleArns", list(app.admin_role_arns), "roles whose names differ")
    if app.max_replicas < app.min_replicas:
        reader.refuse("appMaxReplicas", app.max_replicas, f"appMinReplicas ({app.min_replicas}) or more")
    if ANYWHERE in app.ingress_cidrs and app.certificate_arn is None:
        reader.refuse("appIngressCidrs", [ANYWHERE], "narrower networks as long as appCertificateArn is empty")
    if bool(app.certificate_arn) != bool(app.hostname):
        reader.refuse("appHostname", app.hostname or "", "a name that appCertificateArn covers, exactly when it is set")
    if not production:
        return
    if app.certificate_arn is None:
        reader.refuse("appCertificateArn", "", "an ACM certificate in production: users log in there")
    if app.generator_rate:
        reader.refuse("generatorRate", app.generator_rate, "0 in production: payments come from customers")
