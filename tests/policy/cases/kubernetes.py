"""Cases of policy/controls/kubernetes.py: the cluster and its network access."""

from __future__ import annotations

from tests.policy.build import GONE, Case, but, case, make
from tests.policy.cases.shared import KEY, OPEN

EKS = make(
    "eks:index:Cluster",
    {
        "version": "1.35",
        "enabledClusterLogTypes": ["api", "audit", "authenticator", "scheduler"],
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["203.0.113.0/28"],
        "encryptionConfigKeyArn": KEY,
        "authenticationMode": "API",
    },
)

AWS_EKS = make(
    "aws:eks/cluster:Cluster",
    {
        "version": "1.35",
        "enabledClusterLogTypes": ["api", "audit", "authenticator"],
        "vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/28"]},
        "encryptionConfig": {"provider": {"keyArn": KEY}},
        "accessConfig": {"authenticationMode": "API"},
    },
)

# As the engine shows pulumi_eks's component.
BARE_EKS = make("eks:index:Cluster")

NAMESPACE = make(
    "kubernetes:core/v1:Namespace",
    {"metadata": {"name": "fraud", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
    name="namespace",
)

DENY = make(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    {"metadata": {"namespace": "fraud"}, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
)

TO_CONFLUENT = make(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    {
        "spec": {
            "podSelector": {},
            "ingress": [{"from": [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "ports": [{"port": 8000}]}],
            "egress": [
                {
                    "to": [{"ipBlock": {"cidr": OPEN, "except": ["10.0.0.0/8", "169.254.0.0/16"]}}],
                    "ports": [{"port": 9092}],
                }
            ],
        }
    },
)

SERVICE = make("kubernetes:core/v1:Service", {"spec": {"type": "ClusterIP"}})

INBOUND = "alb.ingress.kubernetes.io/inbound-cidrs"

SCHEME = "alb.ingress.kubernetes.io/scheme"

INGRESS_OBJECT = make(
    "kubernetes:networking.k8s.io/v1:Ingress",
    {"metadata": {"annotations": {INBOUND: "198.51.100.0/24,203.0.113.0/24", SCHEME: "internet-facing"}}},
    stack="prod",
)

UNLISTED = but(INGRESS_OBJECT, "metadata", "annotations", to={})

CERTIFICATE = "alb.ingress.kubernetes.io/certificate-arn"

REDIRECT = "alb.ingress.kubernetes.io/ssl-redirect"

HTTPS = but(INGRESS_OBJECT, "metadata", "annotations", to={CERTIFICATE: "arn:aws:acm:x", REDIRECT: "443"})

CLASS_PARAMS = make(
    "kubernetes:eks.amazonaws.com/v1:IngressClassParams",
    {"spec": {"inboundCIDRs": ["198.51.100.0/24"]}},
    stack="prod",
)

KUBERNETES = {
    "kubernetes-version-is-supported": case(
        bad=[but(EKS, "version", to="1.31"), but(EKS, "version", to=GONE), but(AWS_EKS, "version", to="1.31")],
        good=[EKS, AWS_EKS, BARE_EKS],
    ),
    "kubernetes-api-is-not-open": case(
        bad=[
            but(EKS, "publicAccessCidrs", to=[OPEN]),
            but(EKS, "publicAccessCidrs", to=GONE),
            but(but(EKS, "publicAccessCidrs", to=GONE), "endpointPublicAccess", to=GONE),
            but(AWS_EKS, "vpcConfig", "publicAccessCidrs", to=[OPEN]),
        ],
        good=[EKS, AWS_EKS, BARE_EKS, but(but(EKS, "publicAccessCidrs", to=GONE), "endpointPublicAccess", to=False)],
    ),
    "control-plane-is-logged": case(
        bad=[
            but(EKS, "enabledClusterLogTypes", to=["audit", "authenticator"]),
            but(EKS, "enabledClusterLogTypes", to=["api", "authenticator"]),
            but(EKS, "enabledClusterLogTypes", to=["api", "audit"]),
            but(EKS, "enabledClusterLogTypes", to=GONE),
            but(AWS_EKS, "enabledClusterLogTypes", to=[]),
        ],
        good=[EKS, AWS_EKS, BARE_EKS],
    ),
    "kubernetes-secrets-are-under-the-stacks-key": case(
        bad=[but(EKS, "encryptionConfigKeyArn", to=GONE), but(AWS_EKS, "encryptionConfig", to=GONE)],
        good=[EKS, AWS_EKS, BARE_EKS],
    ),
    "kubernetes-access-is-by-access-entries": case(
        bad=[but(EKS, "authenticationMode", to="CONFIG_MAP"), but(AWS_EKS, "accessConfig", to=GONE)],
        good=[EKS, AWS_EKS, BARE_EKS],
    ),
    "services-are-internal": case(
        bad=[but(SERVICE, "spec", "type", to="LoadBalancer"), but(SERVICE, "spec", "type", to="NodePort")],
        good=[SERVICE, but(SERVICE, "spec", "type", to=GONE)],
    ),
    "namespaces-enforce-restricted-pods": case(
        bad=[
            but(NAMESPACE, "metadata", "labels", to=GONE),
            but(NAMESPACE, "metadata", "labels", "pod-security.kubernetes.io/enforce", to="privileged"),
        ],
        good=[NAMESPACE],
    ),
    "namespaces-deny-by-default": Case(
        bad=[
            [NAMESPACE],
            [NAMESPACE, but(DENY, "metadata", "namespace", to="other")],
            [NAMESPACE, but(DENY, "spec", "policyTypes", to=["Ingress"])],
            [NAMESPACE, but(DENY, "spec", "policyTypes", to=["Egress"])],
            [NAMESPACE, but(DENY, "spec", "podSelector", to=GONE)],
            [
                NAMESPACE,
                but(DENY, "spec", "podSelector", to={"matchExpressions": [{"key": "a", "operator": "Exists"}]}),
            ],
            [NAMESPACE, but(DENY, "spec", "ingress", to=[{}])],
            [NAMESPACE, but(DENY, "spec", "podSelector", to={"matchLabels": {"app": "web"}})],
            [NAMESPACE, but(DENY, "spec", "egress", to=[{}])],
        ],
        good=[[NAMESPACE, DENY], [NAMESPACE, make(DENY.type, {"spec": DENY.get("spec")}, on=[NAMESPACE])]],
    ),
    "network-policies-name-peers-and-ports": case(
        bad=[
            but(TO_CONFLUENT, "spec", "ingress", 0, "from", to=GONE),
            but(TO_CONFLUENT, "spec", "ingress", 0, "from", 0, "ipBlock", "cidr", to=OPEN),
            but(
                TO_CONFLUENT,
                "spec",
                "ingress",
                0,
                "from",
                0,
                "ipBlock",
                to={"cidr": OPEN, "except": ["169.254.0.0/16"]},
            ),
            but(TO_CONFLUENT, "spec", "egress", 0, "to", to=[]),
            but(TO_CONFLUENT, "spec", "egress", 0, "ports", to=GONE),
            but(TO_CONFLUENT, "spec", "egress", 0, "to", 0, "ipBlock", "except", to=["10.0.0.0/8"]),
            but(TO_CONFLUENT, "spec", "egress", 0, "to", 0, "ipBlock", "except", to=GONE),
        ],
        good=[TO_CONFLUENT, DENY],
    ),
    "ingress-speaks-https": Case(
        bad=[[UNLISTED], [but(HTTPS, "metadata", "annotations", REDIRECT, to=GONE)]],
        good=[[HTTPS], [make("kubernetes:networking.k8s.io/v1:Ingress", {"metadata": {"annotations": {}}})]],
    ),
    "production-ingress-has-an-allow-list": Case(
        bad=[
            [UNLISTED],
            [but(INGRESS_OBJECT, "metadata", "annotations", INBOUND, to=f"198.51.100.0/24, {OPEN}")],
            [INGRESS_OBJECT, but(CLASS_PARAMS, "spec", "inboundCIDRs", to=[OPEN])],
        ],
        good=[
            [INGRESS_OBJECT],
            [UNLISTED, CLASS_PARAMS],
            [but(UNLISTED, "metadata", "annotations", to={SCHEME: "internal"})],
            [make("kubernetes:networking.k8s.io/v1:Ingress", {"metadata": {}})],
        ],
    ),
}
