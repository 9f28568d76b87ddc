"""Pauses a Redshift cluster at night: a paused one costs its storage only."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from ... import iam

SCHEDULER = "scheduler.redshift.amazonaws.com"
# Six fields, as EventBridge writes them: one minute and hour, and a `?` for the day or for the weekday.
_FIELD = r"[0-9A-Z*,/#-]+"
CRON = rf"cron\([0-5]?\d ([01]?\d|2[0-3]) (\? {_FIELD} {_FIELD}|{_FIELD} {_FIELD} \?) {_FIELD}\)"


@dataclass(frozen=True, kw_only=True)
class PauseSchedule:
    """Two schedules in AWS's form and UTC, e.g. `cron(0 19 ? * MON-FRI *)`."""

    pause: str
    resume: str

    def __post_init__(self) -> None:
        problems = [
            f"{name} is {value!r}; write it as cron(minutes hours day month weekday year)"
            for name, value in (("pause", self.pause), ("resume", self.resume))
            if not re.fullmatch(CRON, value)
        ]
        if problems:
            raise ValueError("; ".join(problems))


def make_schedule(name: str, schedule: PauseSchedule, cluster: aws.redshift.Cluster, opts: ResourceOptions) -> None:
    """Two scheduled actions, and the role that may pause and resume this cluster and do nothing else."""
    role, rights = _role(name, cluster, opts)
    action, identifier = aws.redshift.ScheduledActionTargetActionArgs, cluster.cluster_identifier
    pause = aws.redshift.ScheduledActionTargetActionPauseClusterArgs(cluster_identifier=identifier)
    resume = aws.redshift.ScheduledActionTargetActionResumeClusterArgs(cluster_identifier=identifier)
    for verb, when, target in (
        ("pause", schedule.pause, action(pause_cluster=pause)),
        ("resume", schedule.resume, action(resume_cluster=resume)),
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
