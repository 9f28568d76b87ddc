"""The Ingress, for which auto mode creates an Application Load Balancer."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_kubernetes as k8s
from pulumi import CustomTimeouts, ResourceOptions

from . import pods
from .args import FraudAppArgs
from .pods import OPERATIONS_PORT, Runtime
from .workload import WEB

API = "eks.amazonaws.com"
CONTROLLER = f"{API}/alb"
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
SERVICE_PORT = 80
ANNOTATION = "alb.ingress.kubernetes.io/"
# A browser stays with one pod: its slider controls that pod's generator, and its count shows that pod's alerts.
STICKY = "stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=3600"
DEREGISTRATION = "deregistration_delay.timeout_seconds=30"


def make_ingress(
    name: str, args: FraudAppArgs, runtime: Runtime, web: k8s.apps.v1.Deployment, opts: ResourceOptions
) -> k8s.networking.v1.Ingress:
    """Service and Ingress, after the pods: Pulumi waits until both have pods.

    On destroy the Ingress goes first. Its deletion waits until the load balancer is gone, so the Ingress depends on
    everything that needs (class, subnets, cluster with its role).
    """
    service = k8s.core.v1.Service(
        f"{name}-service",
        metadata=pods.metadata(runtime, WEB),
        spec=k8s.core.v1.ServiceSpecArgs(
            type="ClusterIP",
            selector=pods.labels(WEB),
            ports=[k8s.core.v1.ServicePortArgs(name="http", port=SERVICE_PORT, target_port="http")],
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[web])),
    )
    rule = k8s.networking.v1.IngressRuleArgs(host=args.settings.hostname, http=_everything_to(service))
    return k8s.networking.v1.Ingress(
        f"{name}-ingress",
        metadata=pods.metadata(runtime, WEB, annotations=_annotations(args)),
        spec=k8s.networking.v1.IngressSpecArgs(
            ingress_class_name=_ingress_class(name, args, opts).metadata.name, rules=[rule]
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(custom_timeouts=CustomTimeouts(create="15m", delete="15m"))),
    )


def _ingress_class(name: str, args: FraudAppArgs, opts: ResourceOptions) -> k8s.networking.v1.IngressClass:
    parameters = k8s.apiextensions.CustomResource(
        f"{name}-load-balancer",
        api_version=f"{API}/v1",
        kind="IngressClassParams",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=pods.NAMESPACE),
        spec={
            "scheme": "internet-facing",
            "subnets": {"ids": args.public_subnet_ids},
            "loadBalancerAttributes": [
                {"key": "routing.http.drop_invalid_header_fields.enabled", "value": "true"},
            ],
        },
        opts=opts,
    )
    return k8s.networking.v1.IngressClass(
        f"{name}-ingress-class",
        metadata=k8s.meta.v1.ObjectMetaArgs(name=pods.NAMESPACE),
        spec=k8s.networking.v1.IngressClassSpecArgs(
            controller=CONTROLLER,
            parameters=k8s.networking.v1.IngressClassParametersReferenceArgs(
                api_group=API, kind="IngressClassParams", name=pods.NAMESPACE
            ),
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[parameters])),
    )


def _annotations(args: FraudAppArgs) -> dict[str, str]:
    settings = {
        "scheme": "internet-facing",
        "target-type": "ip",
        "inbound-cidrs": ",".join(args.settings.ingress_cidrs),
        "healthcheck-path": "/readyz",
        "healthcheck-port": str(OPERATIONS_PORT),
        "target-group-attributes": f"{STICKY},{DEREGISTRATION}",
        "listen-ports": json.dumps([{"HTTP": 80}]),
    }
    if args.settings.certificate_arn:
        settings |= {
            "listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
            "ssl-redirect": "443",
            "ssl-policy": TLS_POLICY,
            "certificate-arn": args.settings.certificate_arn,
        }
    return {f"{ANNOTATION}{key}": value for key, value in settings.items()}


def _everything_to(service: k8s.core.v1.Service) -> k8s.networking.v1.HTTPIngressRuleValueArgs:
    backend = k8s.networking.v1.IngressBackendArgs(
        service=k8s.networking.v1.IngressServiceBackendArgs(
            name=service.metadata.name, port=k8s.networking.v1.ServiceBackendPortArgs(number=SERVICE_PORT)
        )
    )
    path = k8s.networking.v1.HTTPIngressPathArgs(path="/", path_type="Prefix", backend=backend)
    return k8s.networking.v1.HTTPIngressRuleValueArgs(paths=[path])


def page_url(args: FraudAppArgs, ingress: k8s.networking.v1.Ingress) -> pulumi.Output[str]:
    """The page's address; "" without a load balancer, as in a preview or after a failed deploy."""
    scheme = "https" if args.settings.certificate_arn else "http"
    host = load_balancer_host(ingress).apply(lambda found: (args.settings.hostname or found) if found else "")
    return host.apply(lambda found: f"{scheme}://{found}" if found else "")


def load_balancer_host(ingress: k8s.networking.v1.Ingress) -> pulumi.Output[str]:
    """The load balancer's name, the target for the record of `hostname`; "" without a load balancer."""
    return ingress.status.apply(_first_host)


def _first_host(status: Any) -> str:
    balancer = status.load_balancer if status else None
    found = balancer.ingress if balancer else None
    return (found[0].hostname or "") if found else ""
