"""The warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy.addresses import is_internet
from policy.environment import is_production
from policy.inputs import UNKNOWN, Opaque, absent, enabled, get, items, lacking, one_of, text
from policy.model import Resource, Stack, resource_control, stack_control
from policy.security_groups import GROUP, INGRESS_RULE, OLD_RULE, rules_of

CLUSTER = "aws:redshift/cluster:Cluster"
LOGGING = "aws:redshift/logging:Logging"
PARAMETERS = "aws:redshift/parameterGroup:ParameterGroup"

LOGS = ("connectionlog", "userlog", "useractivitylog")
PRODUCTION_SNAPSHOT_DAYS = 7


@resource_control(CLUSTER, fix='set encrypted="true" and kms_key_id to the stack\'s key')
def redshift_is_encrypted(resource: Resource) -> Iterator[str]:
    """The warehouse is encrypted with a key of the stack."""
    if not enabled(resource.get("encrypted")):
        yield "the cluster is not encrypted"
    elif absent(resource.get("kmsKeyId")):
        yield "the cluster is encrypted with AWS's key"


@resource_control(CLUSTER, fix="set enhanced_vpc_routing to True")
def redshift_copies_inside_the_vpc(resource: Resource) -> Iterator[str]:
    """The warehouse loads and unloads through the VPC, with its security groups and flow logs."""
    if not enabled(resource.get("enhancedVpcRouting")):
        yield "COPY and UNLOAD go over the internet"


@stack_control(
    severity="critical", fix="set publicly_accessible to False, or admit only prefix lists of the known peers"
)
def redshift_is_public_only_to_an_allow_list(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """The warehouse declares whether it is public; if it is, its security groups admit only listed peers."""
    for cluster in stack.of_type(CLUSTER):
        public = cluster.get("publiclyAccessible")
        if public is None:
            yield cluster, "publicly_accessible is not set, and its default has changed before"
        elif public is True:
            yield from ((cluster, problem) for problem in _open_to_all(stack, cluster))


def _open_to_all(stack: Stack, cluster: Resource) -> Iterator[str]:
    if absent(cluster.get("vpcSecurityGroupIds")):
        yield "the public cluster has the VPC's default security group"
    groups = [group for group in stack.of_type(GROUP) if group.urn in cluster.dependencies]
    declared = [rule for group in groups for rule in (group, *stack.users_of(group, INGRESS_RULE, OLD_RULE))]
    for resource in declared:
        if any(rule.ingress and any(map(is_internet, rule.cidrs)) for rule in rules_of(resource)):
            yield f"the public cluster's group is open to the internet by {resource.name}"


@resource_control(CLUSTER, PARAMETERS, fix="use a parameter group with require_ssl=true")
def redshift_requires_tls(resource: Resource) -> Iterator[str]:
    """Clients of the warehouse must use TLS."""
    if resource.type == CLUSTER:
        group = resource.get("clusterParameterGroupName")
        if absent(group) or text(group).startswith("default."):
            yield "the cluster has the default parameter group, which admits plaintext"
    elif not enabled(_parameter(resource, "require_ssl")):
        yield "require_ssl is not true"


@resource_control(PARAMETERS, severity="medium", fix="set the parameter enable_user_activity_logging to true")
def redshift_records_statements(resource: Resource) -> Iterator[str]:
    """The warehouse records the statements that its users run."""
    if not enabled(_parameter(resource, "enable_user_activity_logging")):
        yield "enable_user_activity_logging is not true"


def _parameter(group: Resource, name: str) -> Any:
    parameters = group.get("parameters")
    if isinstance(parameters, Opaque):
        return UNKNOWN
    if any(isinstance(get(one, "name"), Opaque) for one in items(parameters)):
        return UNKNOWN
    return next((get(one, "value") for one in items(parameters) if get(one, "name") == name), None)


@stack_control(severity="medium", fix=f"add an aws.redshift.Logging with log_exports {', '.join(LOGS)}")
def redshift_is_logged(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Connections, users and statements of the warehouse are logged."""
    for cluster in stack.of_type(CLUSTER):
        logs = [log for log in stack.of_type(LOGGING) if _is_of(log, cluster)]
        if not logs:
            yield cluster, "the cluster is not logged"
        for log in logs:
            missing = lacking(log.get("logExports"), LOGS)
            if missing and not one_of(log.get("logDestinationType"), "s3"):
                yield log, f"{', '.join(missing)} is not exported"


def _is_of(log: Resource, cluster: Resource) -> bool:
    name = cluster.get("clusterIdentifier")
    same = isinstance(name, Opaque) or (name is not None and one_of(log.get("clusterIdentifier"), name))
    return same or cluster.urn in log.dependencies


@resource_control(CLUSTER, fix="set automated_snapshot_retention_period")
def redshift_has_snapshots(resource: Resource) -> Iterator[str]:
    """The warehouse sets the retention of its automated snapshots."""
    if resource.get("automatedSnapshotRetentionPeriod") in (None, 0):
        yield "automated snapshots are off, or have the default retention"


@stack_control(fix="keep snapshots for a week and take a final one: final_snapshot_identifier")
def production_redshift_can_be_restored(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """In production, the warehouse keeps snapshots for a week, and its deletion leaves a final one."""
    for cluster in stack.of_type(CLUSTER) if is_production(stack) else ():
        days = cluster.get("automatedSnapshotRetentionPeriod")
        if isinstance(days, int) and days < PRODUCTION_SNAPSHOT_DAYS:
            yield cluster, f"snapshots are kept for {days} days; production keeps them for {PRODUCTION_SNAPSHOT_DAYS}"
        if cluster.get("skipFinalSnapshot") is True:
            yield cluster, "deleting the cluster leaves no snapshot"


@resource_control(CLUSTER, fix="set manage_master_password to True, with master_password_secret_kms_key_id")
def redshift_manages_its_password(resource: Resource) -> Iterator[str]:
    """The warehouse creates, stores and rotates its administrator's password itself, under a key of the stack."""
    if not enabled(resource.get("manageMasterPassword")):
        yield "the administrator's password is not managed"
    elif absent(resource.get("masterPasswordSecretKmsKeyId")):
        yield "the administrator's password is encrypted with AWS's key"
    if resource.get("masterPassword") or resource.get("masterPasswordWo"):
        yield "the administrator's password passes through the program"
