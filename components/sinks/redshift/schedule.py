"""Pause a Redshift cluster at night: a paused cluster costs only its storage."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from ... import iam

SCHEDULER = "scheduler.redshift.amazonaws.com"


def make_schedule(name: str, pause: str, resume: str, cluster: aws.redshift.Cluster, opts: ResourceOptions) -> None:
    """Two scheduled actions, and a role that may only pause and resume this cluster."""
    role, rights = _role(name, cluster, opts)
    action, identifier = aws.redshift.ScheduledActionTargetActionArgs, cluster.cluster_identifier
    pausing = aws.redshift.ScheduledActionTargetActionPauseClusterArgs(cluster_identifier=identifier)
    resuming = aws.redshift.ScheduledActionTargetActionResumeClusterArgs(cluster_identifier=identifier)
    for verb, when, target in (
        ("pause", pause, action(pause_cluster=pausing)),
        ("resume", resume, action(resume_cluster=resuming)),
    ):
        aws.redshift.ScheduledAction(
            f"{name}-{verb}",
            name=f"{name}-{verb}",
            description=f"{verb.capitalize()}s {name}",
            schedule=when,
            iam_role=role.arn,
            target_action=target,
            opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=[rights])),
        )


def _role(name: str, cluster: aws.redshift.Cluster, opts: ResourceOptions) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    role = aws.iam.Role(
        f"{name}-scheduler",
        description=f"Pauses and resumes {name}",
        assume_role_policy=iam.trust(SCHEDULER),
        opts=opts,
    )
    rights = {
        "Effect": "Allow",
        "Action": ["redshift:PauseCluster", "redshift:ResumeCluster"],
        "Resource": cluster.arn,
    }
    policy = aws.iam.RolePolicy(
        f"{name}-scheduler-rights",
        role=role.id,
        policy=pulumi.Output.json_dumps(iam.document(rights)),
        opts=opts,
    )
    return role, policy
