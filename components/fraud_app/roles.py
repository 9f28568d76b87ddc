"""The two IAM roles of a cluster in auto mode, made here so that they can be read, tested and diffed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam

MANAGED = "arn:aws:iam::aws:policy/"
# What AWS asks for in auto mode: EKS user guide, "Amazon EKS Auto Mode cluster IAM role" and "… node IAM role"; of the
# block storage policy the second version, which it recommends since 2026-05-11.
CLUSTER_POLICIES = (
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSBlockStoragePolicyV2",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
NODE_POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")


@dataclass(frozen=True)
class AttachedRole:
    """A role and its attachments: what uses the role depends on them, so they are made before it and deleted after."""

    role: aws.iam.Role
    attachments: tuple[aws.iam.RolePolicyAttachment, ...]


def cluster_role(name: str, opts: pulumi.ResourceOptions) -> AttachedRole:
    """The role by which EKS runs nodes, volumes and load balancers; auto mode tags its session."""
    return _role(name, "eks.amazonaws.com", ("sts:AssumeRole", "sts:TagSession"), CLUSTER_POLICIES, opts)


def node_role(name: str, opts: pulumi.ResourceOptions) -> AttachedRole:
    """The role of the nodes: join the cluster, pull images, nothing else."""
    return _role(name, "ec2.amazonaws.com", ("sts:AssumeRole",), NODE_POLICIES, opts)


def _role(
    name: str, service: str, actions: Sequence[str], policies: Sequence[str], opts: pulumi.ResourceOptions
) -> AttachedRole:
    role = aws.iam.Role(name, assume_role_policy=iam.trust(service, action=actions), opts=opts)
    return AttachedRole(
        role,
        tuple(
            aws.iam.RolePolicyAttachment(
                f"{name}-{policy.lower()}", role=role.name, policy_arn=f"{MANAGED}{policy}", opts=opts
            )
            for policy in policies
        ),
    )
