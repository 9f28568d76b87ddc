"""The two IAM roles of a cluster in auto mode, explicit so that a plan shows them and policies check them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from .. import iam

MANAGED = "arn:aws:iam::aws:policy/"
# AWS's requirements for auto mode: EKS user guide, "Amazon EKS Auto Mode cluster IAM role" and "… node IAM role". AWS
# recommends the second version of the block storage policy since 2026-05-11.
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
    """A role and its attachments. The role's user depends on them, so that the role has its rights all the time."""

    role: aws.iam.Role
    attachments: tuple[aws.iam.RolePolicyAttachment, ...]


def cluster_role(name: str, opts: pulumi.ResourceOptions) -> AttachedRole:
    """The role with which EKS runs nodes, volumes and load balancers; auto mode tags its session."""
    return _role(name, "eks.amazonaws.com", ("sts:AssumeRole", "sts:TagSession"), CLUSTER_POLICIES, opts)


def node_role(name: str, opts: pulumi.ResourceOptions) -> AttachedRole:
    """The role of the nodes, which may only join the cluster and pull images."""
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
