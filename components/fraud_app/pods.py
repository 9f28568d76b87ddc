"""Pods of the app: unprivileged, read-only, without a token, allowed in a restricted namespace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

NAMESPACE = "fraud-app"
PORT = 8000
OPERATIONS_PORT = 8001
"""For probes and metrics; Ingress does not lead there."""
USER = 10001
"""The user of app/Dockerfile."""


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """The image, and the names of the namespace's objects, for all pods."""

    image: pulumi.Input[str]
    namespace: pulumi.Input[str]
    service_account: pulumi.Input[str]
    config: pulumi.Input[str]
    database_secret: pulumi.Input[str]
    kafka_secret: pulumi.Input[str]
    operators_secret: pulumi.Input[str] | None
    api_secret: pulumi.Input[str] | None

    @property
    def web_secrets(self) -> list[pulumi.Input[str]]:
        return [one for one in (self.database_secret, self.kafka_secret, self.operators_secret, self.api_secret) if one]


@dataclass(frozen=True, kw_only=True)
class Probes:
    startup: k8s.core.v1.ProbeArgs
    readiness: k8s.core.v1.ProbeArgs
    liveness: k8s.core.v1.ProbeArgs


def labels(component: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": "fraud-app", "app.kubernetes.io/component": component}


def metadata(
    runtime: Runtime, component: str, *, named: bool = True, annotations: Mapping[str, str] | None = None
) -> k8s.meta.v1.ObjectMetaArgs:
    """Metadata of a component's object; unless `named`, Pulumi generates a new name for each replacement."""
    return k8s.meta.v1.ObjectMetaArgs(
        name=component if named else None,
        namespace=runtime.namespace,
        labels=labels(component),
        annotations=annotations,
    )


def container(
    runtime: Runtime,
    command: Sequence[str],
    *,
    cpu: str,
    memory: str,
    secrets: Sequence[pulumi.Input[str]],
    env: Sequence[k8s.core.v1.EnvVarArgs] = (),
    ports: Sequence[k8s.core.v1.ContainerPortArgs] = (),
    probes: Probes | None = None,
    lifecycle: k8s.core.v1.LifecycleArgs | None = None,
) -> k8s.core.v1.ContainerArgs:
    """A container that runs `python manage.py <command>`. `memory` is both request and limit."""
    core = k8s.core.v1
    config = core.EnvFromSourceArgs(config_map_ref=core.ConfigMapEnvSourceArgs(name=runtime.config))
    sources = [core.EnvFromSourceArgs(secret_ref=core.SecretEnvSourceArgs(name=secret)) for secret in secrets]
    return core.ContainerArgs(
        name="app",
        image=runtime.image,
        command=["python", "manage.py", *command],
        env=list(env),
        env_from=[config, *sources],
        ports=list(ports),
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": cpu, "memory": memory}, limits={"cpu": "1", "memory": memory}
        ),
        security_context=core.SecurityContextArgs(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=core.CapabilitiesArgs(drop=["ALL"]),
        ),
        volume_mounts=[core.VolumeMountArgs(name="tmp", mount_path="/tmp")],  # noqa: S108 - the pod's own
        startup_probe=probes.startup if probes else None,
        readiness_probe=probes.readiness if probes else None,
        liveness_probe=probes.liveness if probes else None,
        lifecycle=lifecycle,
    )


def template(
    runtime: Runtime,
    component: str,
    app: k8s.core.v1.ContainerArgs,
    *,
    grace_seconds: int,
    restart_policy: str = "Always",
    spread: Sequence[k8s.core.v1.TopologySpreadConstraintArgs] = (),
) -> k8s.core.v1.PodTemplateSpecArgs:
    """A pod with one container."""
    core = k8s.core.v1
    return core.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(labels=labels(component)),
        spec=core.PodSpecArgs(
            containers=[app],
            service_account_name=runtime.service_account,
            automount_service_account_token=False,
            enable_service_links=False,
            restart_policy=restart_policy,
            termination_grace_period_seconds=grace_seconds,
            topology_spread_constraints=list(spread),
            security_context=core.PodSecurityContextArgs(
                run_as_non_root=True,
                run_as_user=USER,
                run_as_group=USER,
                fs_group=USER,
                seccomp_profile=core.SeccompProfileArgs(type="RuntimeDefault"),
            ),
            volumes=[core.VolumeArgs(name="tmp", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit="64Mi"))],
        ),
    )
