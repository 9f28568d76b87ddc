"""The children of a remote component, which the recorder cannot see but reviewers and policies need.

Models the settings that this program uses and refuses all others, so that a plan omits no resource.
Source: pulumi_eks 4.4, github.com/pulumi/pulumi-eks, nodejs/eks/cluster/cluster.ts (createCore) and
authenticationMode.ts (createAccessEntries).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from plan.wire import UNKNOWN, Value

EKS = "eks:index:Cluster"
CLUSTER = "aws:eks/cluster:Cluster"
ENTRY = "aws:eks/accessEntry:AccessEntry"
Arn = Callable[[Any], Any]
"""A resource that is passed as a value -> its ARN."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """`parent` and `after` name other children; a child without `parent` belongs to the component itself."""

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str = ""
    after: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict[str, Any])


def problems(token: str, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Why the plan cannot list a remote component's children."""
    if token != EKS:
        yield f"{token} is a remote component, whose children nothing lists; add a model to plan/remote.py"
        return
    for path, wanted in _MODELLED.items():
        value: Value = dict(inputs)
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        if value != wanted:
            yield f"{'.'.join(path)} is {value!r}; the plan lists a cluster's children only where it is {wanted!r}"
    if inputs.get("serviceRole") is None:
        yield "serviceRole is missing: the cluster would create a role that neither plan nor policy sees"
    for key in sorted(inputs.keys() - _KNOWN):
        yield f"{key} may create resources that the plan does not list; add it to plan/remote.py"


_MODELLED = {
    ("authenticationMode",): "API",
    ("autoMode", "enabled"): True,
    ("autoMode", "createNodeRole"): False,
    ("corednsAddonOptions", "enabled"): False,
    ("createInstanceRole",): False,
}
"""Each keeps the component from creating resources: roles, add-ons, node groups, security groups, a ConfigMap."""
_VPC = ("subnetIds", "endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs")
_SAME = ("name", "version", "enabledClusterLogTypes", "upgradePolicy", "deletionProtection")
_KNOWN = {
    *(path[0] for path in _MODELLED),
    *_VPC,
    *_SAME,
    *("accessEntries", "encryptionConfigKeyArn", "kubernetesServiceIpAddressRange", "serviceRole", "tags", "vpcId"),
}


def children(name: str, inputs: Mapping[str, Any], arn: Arn, kubeconfig: Any) -> list[Child]:
    """The children of a modelled cluster, parents first."""
    cluster = Child(
        type=CLUSTER,
        name=f"{name}-eksCluster",
        inputs=_cluster(name, inputs, arn),
        # AWS accepts these only when it creates a cluster.
        options={
            "ignoreChanges": ["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"]
        },
    )
    provider = Child(
        type="pulumi:providers:kubernetes",
        name=f"{name}-eks-k8s",
        inputs={"kubeconfig": kubeconfig},
        after=(cluster.name,),
    )
    entries: dict[str, Any] = inputs.get("accessEntries") or {}
    found = (child for role in sorted(entries) for child in _access(name, role, entries[role], inputs, cluster))
    return [cluster, provider, *found]


def _cluster(name: str, inputs: Mapping[str, Any], arn: Arn) -> dict[str, Any]:
    compute: Any = inputs["autoMode"].get("computeConfig")
    network = {
        "serviceIpv4Cidr": inputs.get("kubernetesServiceIpAddressRange"),
        "ipFamily": "ipv4",
        "elasticLoadBalancing": {"enabled": True},
    }
    made: dict[str, Any] = {
        **{key: inputs.get(key) for key in _SAME},
        "roleArn": arn(inputs["serviceRole"]),
        "computeConfig": compute if compute is UNKNOWN else {"enabled": True, **(compute or {})},
        "storageConfig": {"blockStorage": {"enabled": True}},
        "kubernetesNetworkConfig": network,
        "bootstrapSelfManagedAddons": False,
        "vpcConfig": {key: inputs[key] for key in _VPC if key in inputs},
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "tags": {"Name": f"{name}-eksCluster", **(inputs.get("tags") or {})},
    }
    if key := inputs.get("encryptionConfigKeyArn"):
        made["encryptionConfig"] = {"provider": {"keyArn": key}, "resources": ["secrets"]}
    return {key: value for key, value in made.items() if value is not None}


def _access(
    name: str, role: str, entry: Mapping[str, Any], inputs: Mapping[str, Any], cluster: Child
) -> Iterator[Child]:
    who = {"clusterName": inputs.get("name", UNKNOWN), "principalArn": entry["principalArn"]}
    given = {key: entry[key] for key in ("kubernetesGroups", "tags", "type") if key in entry}
    user = {"userName": entry["username"]} if "username" in entry else {}
    made = Child(type=ENTRY, name=f"{name}-{role}", inputs={**who, **given, **user}, after=(cluster.name,))
    yield made
    policies: dict[str, Any] = entry.get("accessPolicies") or {}
    for title, policy in sorted(policies.items()):
        yield Child(
            type="aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
            name=f"{name}-{role}-{title}",
            inputs={**who, "policyArn": policy["policyArn"], "accessScope": policy["accessScope"]},
            parent=made.name,
            after=(made.name,),
        )
