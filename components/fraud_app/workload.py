"""The workloads: the seed Job, the scaling web pods, and the generator."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s
from pulumi import CustomTimeouts, ResourceOptions

from . import pods
from .args import FraudAppArgs
from .pods import OPERATIONS_PORT, PORT, Runtime

WEB, SEED, GENERATOR = "web", "seed", "generator"
CPU_PERCENT = 70
# A terminating pod must answer until the load balancer has noticed. Then requests that have begun get DRAIN_SECONDS,
# and what is left is for the end of the process.
NOTICE_SECONDS = 15
DRAIN_SECONDS = 20
GRACE_SECONDS = 45
# The load balancer keeps connections for 60 s. If the app ended one first, a request might be on its way.
IDLE_SECONDS = 65
# The first pod of a cluster waits for its node: two to four minutes.
TIMEOUTS = CustomTimeouts(create="15m", update="15m")

_core = k8s.core.v1


def make_seed(name: str, runtime: Runtime, after: Sequence[pulumi.Resource], opts: ResourceOptions) -> k8s.batch.v1.Job:
    """The Job `manage.py seed`, which is idempotent.

    It also creates a first payment: without one the payments' topic has no schema, and the statements that read it
    wait. A changed image or configuration replaces the Job, and the new one runs before the pods restart. It has no
    TTL: a refresh would miss a Job that removed itself, and run it again.
    """
    app = pods.container(
        runtime, ["seed", "--first-payment"], cpu="100m", memory="256Mi", secrets=[runtime.database_secret]
    )
    return k8s.batch.v1.Job(
        f"{name}-seed",
        metadata=pods.metadata(runtime, SEED, named=False, annotations={"pulumi.com/replaceUnready": "true"}),
        spec=k8s.batch.v1.JobSpecArgs(
            backoff_limit=4,
            active_deadline_seconds=600,
            template=pods.template(runtime, SEED, app, grace_seconds=10, restart_policy="Never"),
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=list(after), custom_timeouts=TIMEOUTS)),
    )


def make_web(
    name: str, args: FraudAppArgs, runtime: Runtime, after: Sequence[pulumi.Resource], opts: ResourceOptions
) -> k8s.apps.v1.Deployment:
    """The page and its API. The autoscaler sets the number of pods."""
    app = pods.container(
        runtime,
        _serve(),
        cpu="250m",
        memory="512Mi",
        secrets=runtime.web_secrets,
        env=_environment(args.settings.hostname),
        ports=[
            _core.ContainerPortArgs(name="http", container_port=PORT),
            _core.ContainerPortArgs(name="operations", container_port=OPERATIONS_PORT),
        ],
        probes=_probes(),
        lifecycle=_core.LifecycleArgs(
            pre_stop=_core.LifecycleHandlerArgs(sleep=_core.SleepActionArgs(seconds=NOTICE_SECONDS))
        ),
    )
    return k8s.apps.v1.Deployment(
        f"{name}-web",
        metadata=pods.metadata(runtime, WEB),
        spec=k8s.apps.v1.DeploymentSpecArgs(
            selector=_selector(WEB),
            strategy=k8s.apps.v1.DeploymentStrategyArgs(
                type="RollingUpdate",
                rolling_update=k8s.apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
            ),
            revision_history_limit=3,
            template=pods.template(runtime, WEB, app, grace_seconds=GRACE_SECONDS, spread=_over_zones(args)),
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=list(after), custom_timeouts=TIMEOUTS)),
    )


def make_generator(
    name: str, args: FraudAppArgs, runtime: Runtime, after: Sequence[pulumi.Resource], opts: ResourceOptions
) -> None:
    """The generator of a steady stream of payments, in its own pod.

    In the web pods, each would run a generator with the same seed: the same accounts would pay at the same moment, and
    the rules would see false bursts. Recreate prevents two generators even during an update.
    """
    command = ["generate", "--rate", str(args.settings.generator_rate), "--fraud-every", str(args.fraud_every_seconds)]
    app = pods.container(runtime, command, cpu="100m", memory="256Mi", secrets=[runtime.database_secret])
    k8s.apps.v1.Deployment(
        f"{name}-generator",
        metadata=pods.metadata(runtime, GENERATOR),
        spec=k8s.apps.v1.DeploymentSpecArgs(
            replicas=1,
            selector=_selector(GENERATOR),
            strategy=k8s.apps.v1.DeploymentStrategyArgs(type="Recreate"),
            revision_history_limit=3,
            template=pods.template(runtime, GENERATOR, app, grace_seconds=15),
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=list(after), custom_timeouts=TIMEOUTS)),
    )


def make_scaling(
    name: str, args: FraudAppArgs, runtime: Runtime, after: Sequence[pulumi.Resource], opts: ResourceOptions
) -> None:
    """Scale the web pods with the load; maintenance takes away at most one at a time."""
    scaling = k8s.autoscaling.v2
    target = scaling.MetricTargetArgs(type="Utilization", average_utilization=CPU_PERCENT)
    k8s.autoscaling.v2.HorizontalPodAutoscaler(
        f"{name}-scaling",
        metadata=pods.metadata(runtime, WEB),
        spec=scaling.HorizontalPodAutoscalerSpecArgs(
            scale_target_ref=scaling.CrossVersionObjectReferenceArgs(
                api_version="apps/v1", kind="Deployment", name=WEB
            ),
            min_replicas=args.settings.min_replicas,
            max_replicas=args.settings.max_replicas,
            metrics=[
                scaling.MetricSpecArgs(
                    type="Resource", resource=scaling.ResourceMetricSourceArgs(name="cpu", target=target)
                )
            ],
        ),
        opts=ResourceOptions.merge(opts, ResourceOptions(depends_on=list(after))),
    )
    k8s.policy.v1.PodDisruptionBudget(
        f"{name}-disruption",
        metadata=pods.metadata(runtime, WEB),
        spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(max_unavailable=1, selector=_selector(WEB)),
        opts=opts,
    )


def _selector(component: str) -> k8s.meta.v1.LabelSelectorArgs:
    return k8s.meta.v1.LabelSelectorArgs(match_labels=pods.labels(component))


def _serve() -> list[str]:
    everywhere = "0.0.0.0"  # noqa: S104 - a network policy protects the pod
    return ["serve", "--host", everywhere, "--port", str(PORT), "--operations-port", str(OPERATIONS_PORT)]


def _environment(hostname: str | None) -> list[_core.EnvVarArgs]:
    settings = {
        # Without a host name the page has the load balancer's, which is created after the pods.
        "ALLOWED_HOSTS": hostname or ".elb.amazonaws.com",
        "IDLE_SECONDS": str(IDLE_SECONDS),
        "DRAIN_SECONDS": str(DRAIN_SECONDS),
    }
    return [_core.EnvVarArgs(name=name, value=value) for name, value in settings.items()]


def _probes() -> pods.Probes:
    """Liveness ignores the database: an outage must make pods unready, but not restart them."""

    def probe(path: str, *, period: int, failures: int) -> _core.ProbeArgs:
        get = _core.HTTPGetActionArgs(path=path, port="operations")
        return _core.ProbeArgs(http_get=get, period_seconds=period, failure_threshold=failures, timeout_seconds=5)

    return pods.Probes(
        startup=probe("/livez", period=2, failures=30),
        readiness=probe("/readyz", period=5, failures=3),
        liveness=probe("/livez", period=10, failures=3),
    )


def _over_zones(args: FraudAppArgs) -> list[_core.TopologySpreadConstraintArgs]:
    """ "required" needs a node in each zone; with "preferred", one node may hold all pods."""
    return [
        _core.TopologySpreadConstraintArgs(
            topology_key="topology.kubernetes.io/zone",
            max_skew=1,
            when_unsatisfiable="DoNotSchedule" if args.zone_spread == "required" else "ScheduleAnyway",
            label_selector=_selector(WEB),
        )
    ]
