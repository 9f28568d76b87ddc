"""Pods in the Kubernetes cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy.inputs import Opaque, absent, enabled, get, items, lacking, one_of, text
from policy.model import Resource, resource_control

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET = "kubernetes:apps/v1:DaemonSet"
JOB = "kubernetes:batch/v1:Job"
CRON_JOB = "kubernetes:batch/v1:CronJob"
POD = "kubernetes:core/v1:Pod"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"

SERVING = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
WORKLOADS = (*SERVING, JOB, CRON_JOB, POD)
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")


@dataclass(frozen=True)
class Container:
    """A container, and the pod's security context as the default for its own."""

    name: str
    fields: Any
    pod_context: Any

    def context(self, key: str) -> Any:
        own = get(self.fields, "securityContext", key)
        return get(self.pod_context, key) if own is None else own


def pod_of(resource: Resource) -> Any:
    """The pod's specification within a workload."""
    if resource.type == POD:
        return resource.get("spec")
    if resource.type == CRON_JOB:
        return resource.get("spec", "jobTemplate", "spec", "template", "spec")
    return resource.get("spec", "template", "spec")


def containers_of(resource: Resource) -> Iterator[Container]:
    """Containers and init containers."""
    pod = pod_of(resource)
    for kind in ("initContainers", "containers"):
        for fields in items(get(pod, kind)):
            yield Container(text(get(fields, "name")) or "a container", fields, get(pod, "securityContext"))


@resource_control(*WORKLOADS, severity="critical", fix="set run_as_non_root to True in the security context")
def pods_are_not_root(resource: Resource) -> Iterator[str]:
    """No container runs as root or can become root."""
    for container in containers_of(resource):
        if not enabled(container.context("runAsNonRoot")):
            yield f"{container.name} may run as root"
        if container.context("runAsUser") == 0:
            yield f"{container.name} runs as root"
        if not one_of(container.context("allowPrivilegeEscalation"), False):
            yield f"{container.name} may gain privileges"
        if container.context("privileged") is True:
            yield f"{container.name} is privileged"


@resource_control(*WORKLOADS, fix='set capabilities drop=["ALL"] and seccomp_profile type "RuntimeDefault"')
def pods_have_no_capabilities(resource: Resource) -> Iterator[str]:
    """Every container drops all capabilities and runs under a seccomp profile."""
    for container in containers_of(resource):
        if lacking(get(container.context("capabilities"), "drop"), ("ALL",)):
            yield f"{container.name} keeps capabilities"
        if items(get(container.context("capabilities"), "add")):
            yield f"{container.name} adds capabilities"
        if not one_of(get(container.context("seccompProfile"), "type"), "RuntimeDefault", "Localhost"):
            yield f"{container.name} has no seccomp profile"


@resource_control(*WORKLOADS, fix="set read_only_root_filesystem to True and mount an emptyDir where it writes")
def pods_have_a_read_only_root(resource: Resource) -> Iterator[str]:
    """No container can change the files of its image."""
    for container in containers_of(resource):
        if not enabled(container.context("readOnlyRootFilesystem")):
            yield f"{container.name} may change its own program"


@resource_control(*WORKLOADS, severity="critical", fix="remove it; pods need nothing from their node")
def pods_do_not_use_the_host(resource: Resource) -> Iterator[str]:
    """No pod uses its node's network, processes or files."""
    pod = pod_of(resource)
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if get(pod, key) is True:
            yield f"{key} is on"
    if any(isinstance(get(volume, "hostPath"), Mapping) for volume in items(get(pod, "volumes"))):
        yield "a volume is a folder of the node"


@resource_control(*WORKLOADS, ACCOUNT, severity="medium", fix="set automount_service_account_token to False")
def pods_have_no_service_account_token(resource: Resource) -> Iterator[str]:
    """No pod or service account mounts a token for the cluster's API."""
    pod = resource.inputs if resource.type == ACCOUNT else pod_of(resource)
    if not isinstance(pod, Opaque) and not one_of(get(pod, "automountServiceAccountToken"), False):
        yield "pods get a token for the cluster's API"


@resource_control(*WORKLOADS, severity="medium", fix="set requests of cpu and memory, and a limit of memory")
def pods_request_resources(resource: Resource) -> Iterator[str]:
    """Every container requests CPU and memory, and has a memory limit."""
    for container in containers_of(resource):
        for kind, name in (("requests", "cpu"), ("requests", "memory"), ("limits", "memory")):
            if absent(get(container.fields, "resources", kind, name)):
                yield f"{container.name} has no {kind} of {name}"


@resource_control(*SERVING, severity="medium", fix=f"add {', '.join(PROBES)}")
def pods_are_probed(resource: Resource) -> Iterator[str]:
    """Every container with a port has startup, readiness and liveness probes."""
    for fields in items(get(pod_of(resource), "containers")):
        missing = [probe for probe in PROBES if absent(get(fields, probe)) and items(get(fields, "ports"))]
        if missing:
            yield f"{text(get(fields, 'name')) or 'a container'} has no {', '.join(missing)}"


@resource_control(*WORKLOADS, fix="use the image's digest: registry/name@sha256:...")
def images_are_digests(resource: Resource) -> Iterator[str]:
    """Images have a digest: a tag can move to another image."""
    for container in containers_of(resource):
        image = get(container.fields, "image")
        if not isinstance(image, Opaque) and "@sha256:" not in text(image):
            yield f"{container.name} runs {image}"


@resource_control(
    DEPLOYMENT, AUTOSCALER, severity="low", fix="set replicas (min_replicas of an autoscaler) to 2 or more"
)
def two_pods_serve(resource: Resource) -> Iterator[str]:
    """At least two pods serve, so that one can go."""
    if resource.type == AUTOSCALER:
        if resource.get("spec", "minReplicas") in (None, 0, 1):
            yield "the autoscaler goes down to one pod"
    # Without a number, the autoscaler decides.
    elif _serves(resource) and resource.get("spec", "replicas") in (0, 1):
        yield "one pod serves"


def _serves(resource: Resource) -> bool:
    return any(items(get(fields, "ports")) for fields in items(get(pod_of(resource), "containers")))
