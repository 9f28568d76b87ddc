"""Cases of policy/controls/pods.py: what runs in the cluster."""

from __future__ import annotations

from tests.policy.build import GONE, but, case, make
from tests.policy.cases.shared import DIGEST

DEPLOYMENT = make(
    "kubernetes:apps/v1:Deployment",
    {
        "spec": {
            "replicas": 2,
            "template": {
                "spec": {
                    "automountServiceAccountToken": False,
                    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                    "volumes": [{"name": "tmp", "emptyDir": {}}],
                    "containers": [
                        {
                            "name": "app",
                            "image": DIGEST,
                            "ports": [{"containerPort": 8000}],
                            "securityContext": {
                                "allowPrivilegeEscalation": False,
                                "readOnlyRootFilesystem": True,
                                "capabilities": {"drop": ["ALL"]},
                            },
                            "resources": {
                                "requests": {"cpu": "250m", "memory": "512Mi"},
                                "limits": {"memory": "512Mi"},
                            },
                            "startupProbe": {"httpGet": {"path": "/"}},
                            "readinessProbe": {"httpGet": {"path": "/"}},
                            "livenessProbe": {"httpGet": {"path": "/"}},
                        }
                    ],
                }
            },
        }
    },
)

POD = ("spec", "template", "spec")

APP = (*POD, "containers", 0)

CONTEXT = (*APP, "securityContext")

JOB = make("kubernetes:batch/v1:Job", dict(DEPLOYMENT.inputs))

CRON_JOB = make("kubernetes:batch/v1:CronJob", {"spec": {"jobTemplate": dict(DEPLOYMENT.inputs)}})

BARE_POD = make("kubernetes:core/v1:Pod", {"spec": DEPLOYMENT.get(*POD)})

WITH_INIT = but(DEPLOYMENT, *POD, "initContainers", to=[{"name": "init", "image": "busybox:latest"}])

AUTOSCALER = make("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", {"spec": {"minReplicas": 2}})

ACCOUNT = make("kubernetes:core/v1:ServiceAccount", {"automountServiceAccountToken": False})

WORKLOADS = [DEPLOYMENT, JOB, CRON_JOB, BARE_POD]

PODS = {
    "pods-are-not-root": case(
        bad=[
            but(DEPLOYMENT, *POD, "securityContext", "runAsNonRoot", to=GONE),
            but(DEPLOYMENT, *CONTEXT, "runAsNonRoot", to=False),
            but(DEPLOYMENT, *CONTEXT, "runAsUser", to=0),
            but(DEPLOYMENT, *CONTEXT, "allowPrivilegeEscalation", to=GONE),
            but(DEPLOYMENT, *CONTEXT, "privileged", to=True),
            but(CRON_JOB, "spec", "jobTemplate", *POD, "securityContext", to=GONE),
            but(BARE_POD, "spec", "securityContext", to=GONE),
            WITH_INIT,
        ],
        good=WORKLOADS,
    ),
    "pods-have-no-capabilities": case(
        bad=[
            but(DEPLOYMENT, *CONTEXT, "capabilities", to=GONE),
            but(DEPLOYMENT, *CONTEXT, "capabilities", "drop", to=["NET_RAW"]),
            but(DEPLOYMENT, *CONTEXT, "capabilities", "add", to=["SYS_ADMIN"]),
            but(JOB, *POD, "securityContext", "seccompProfile", to=GONE),
            but(JOB, *CONTEXT, "seccompProfile", to={"type": "Unconfined"}),
        ],
        good=WORKLOADS,
    ),
    "pods-have-a-read-only-root": case(
        bad=[but(DEPLOYMENT, *CONTEXT, "readOnlyRootFilesystem", to=GONE), WITH_INIT], good=WORKLOADS
    ),
    "pods-do-not-use-the-host": case(
        bad=[
            *(but(DEPLOYMENT, *POD, of_node, to=True) for of_node in ("hostNetwork", "hostPID", "hostIPC")),
            but(DEPLOYMENT, *POD, "volumes", 0, to={"name": "tmp", "hostPath": {"path": "/"}}),
        ],
        good=WORKLOADS,
    ),
    "pods-have-no-service-account-token": case(
        bad=[
            but(DEPLOYMENT, *POD, "automountServiceAccountToken", to=True),
            but(JOB, *POD, "automountServiceAccountToken", to=GONE),
            but(ACCOUNT, "automountServiceAccountToken", to=GONE),
        ],
        good=[*WORKLOADS, ACCOUNT],
    ),
    "pods-request-resources": case(
        bad=[
            but(DEPLOYMENT, *APP, "resources", to=GONE),
            but(DEPLOYMENT, *APP, "resources", "requests", "cpu", to=GONE),
            but(DEPLOYMENT, *APP, "resources", "limits", to=GONE),
        ],
        good=WORKLOADS,
    ),
    "pods-are-probed": case(
        bad=[
            but(make(f"kubernetes:apps/v1:{kind}", dict(DEPLOYMENT.inputs)), *APP, probe, to=GONE)
            for kind in ("Deployment", "StatefulSet", "DaemonSet")
            for probe in ("startupProbe", "readinessProbe", "livenessProbe")
        ],
        good=[DEPLOYMENT, but(but(DEPLOYMENT, *APP, "livenessProbe", to=GONE), *APP, "ports", to=[])],
    ),
    "images-are-digests": case(
        bad=[but(DEPLOYMENT, *APP, "image", to="registry/app:latest"), but(JOB, *APP, "image", to=GONE), WITH_INIT],
        good=WORKLOADS,
    ),
    "two-pods-serve": case(
        bad=[
            *(but(DEPLOYMENT, "spec", "replicas", to=count) for count in (0, 1)),
            *(but(AUTOSCALER, "spec", "minReplicas", to=count) for count in (GONE, 0, 1)),
        ],
        good=[
            DEPLOYMENT,
            AUTOSCALER,
            but(DEPLOYMENT, "spec", "replicas", to=GONE),
            but(but(DEPLOYMENT, "spec", "replicas", to=1), *APP, "ports", to=[]),
        ],
    ),
}
