"""The EKS cluster in auto mode: AWS runs its nodes, volumes, load balancers and cluster DNS."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as k8s
from pulumi import ResourceOptions

from ..log_groups import make_log_group
from . import roles
from .args import SERVICE_CIDR, FraudAppArgs
from .settings import role_name

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
ADMIN_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def make_cluster(name: str, args: FraudAppArgs, opts: ResourceOptions) -> eks.Cluster:
    """The cluster with its roles, and its log group: EKS would create one without retention and key."""
    control = roles.cluster_role(f"{name}-cluster-role", opts)
    nodes = roles.node_role(f"{name}-node-role", opts)
    logs = make_log_group(f"{name}-cluster-logs", f"/aws/eks/{name}/cluster", args.context, opts)
    after = [*control.attachments, *nodes.attachments, logs, *args.network_ready]
    return eks.Cluster(
        f"{name}-cluster",
        name=name,
        version=args.settings.kubernetes_version,
        # After standard support, AWS upgrades the cluster instead of charging six times the price.
        upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
        auto_mode=_auto_mode(nodes.role),
        # Auto mode runs DNS on each node.
        coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
        service_role=control.role,
        # Otherwise the component creates an instance role, profile and access entry, which auto mode does not use.
        create_instance_role=False,
        vpc_id=args.vpc_id,
        # Without the public subnets, because nodes run in these.
        subnet_ids=args.app_subnet_ids,
        kubernetes_service_ip_address_range=SERVICE_CIDR,
        endpoint_private_access=True,
        endpoint_public_access=bool(args.api_cidrs),
        public_access_cidrs=list(args.api_cidrs) or None,
        authentication_mode=eks.AuthenticationMode.API,
        access_entries={role_name(arn): _administrator(arn) for arn in args.settings.admin_role_arns},
        enabled_cluster_log_types=list(LOG_TYPES),
        encryption_config_key_arn=args.context.kms_key_arn,
        deletion_protection=args.context.protect,
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=after)),
    )


def _auto_mode(node_role: aws.iam.Role) -> eks.AutoModeOptionsArgs:
    compute = eks.ClusterComputeConfigArgs(node_pools=["general-purpose", "system"], node_role_arn=node_role.arn)
    return eks.AutoModeOptionsArgs(enabled=True, create_node_role=False, compute_config=compute)


def _administrator(arn: str) -> eks.AccessEntryArgs:
    everywhere = aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster")
    policy = eks.AccessPolicyAssociationArgs(policy_arn=ADMIN_POLICY, access_scope=everywhere)
    return eks.AccessEntryArgs(principal_arn=arn, access_policies={"admin": policy})


def kubeconfig(cluster: eks.Cluster, region: str) -> pulumi.Output[str]:
    """The cluster's kubeconfig, a secret, which names its own region."""
    return pulumi.Output.secret(cluster.kubeconfig_json.apply(lambda text: with_region(text, region)))


def with_region(text: str, region: str) -> str:
    """Add the region to the kubeconfig's call of `aws eks get-token`.

    Without it the call uses the default region of the machine, and fails if there is none (pulumi-eks #1038).
    """
    config = json.loads(text)
    for one in config.get("users", []):
        call = one["user"].get("exec")
        if call and "--region" not in call["args"]:
            call["args"] = [*call["args"], "--region", region]
    return json.dumps(config)


def make_provider(name: str, cluster: eks.Cluster, config: pulumi.Output[str], opts: ResourceOptions) -> k8s.Provider:
    """The provider of everything inside the cluster, from which it is created."""
    return k8s.Provider(
        f"{name}-kubernetes",
        kubeconfig=config,
        # This group changes exactly when the cluster is replaced. No other change of the kubeconfig replaces resources.
        cluster_identifier=cluster.cluster_security_group_id,
        enable_server_side_apply=True,
        opts=opts,
    )


def make_metrics_server(name: str, after: eks.Cluster, opts: ResourceOptions) -> aws.eks.Addon:
    """The autoscaler's source of metrics, which auto mode does not include."""
    return aws.eks.Addon(
        f"{name}-metrics-server",
        cluster_name=name,
        addon_name="metrics-server",
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[after])),
    )
