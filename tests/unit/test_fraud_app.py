"""FraudApp: roles, cluster, image, pods, network policies and the way in, each as a mutation would break it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import date
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pytest

from components.connections import AppDatabase, AppKafka
from components.contracts import rules as rule_files
from components.fraud_app import cluster, image, ingress
from components.fraud_app.app import FraudApp
from components.fraud_app.args import DNS_ADDRESS, SERVICE_CIDR, FraudAppArgs
from components.fraud_app.pods import USER
from components.fraud_app.settings import AppSettings
from components.fraud_app.versions import DEFAULT_VERSION, SUPPORTED_VERSIONS
from plan.aws_ids import long_id
from plan.model import MASK, Resource
from tests.ids import arn_of, id_of
from tests.unit import arguments as builder
from tests.unit.arguments import KEY
from tests.unit.mocks import Mocks, plain
from tests.unit.recording import needs, record_component

ROOT = Path(__file__).resolve().parents[2]
DIGEST = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app@sha256:" + "a" * 64
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b"
TLS = {"certificate_arn": CERTIFICATE, "hostname": "fraud.example.com"}
VPC = "10.0.0.0/16"
Made = dict[str, Resource]


def arguments(**change: Any) -> FraudAppArgs:
    usual: dict[str, Any] = {
        "vpc_id": "vpc",
        "vpc_cidr": VPC,
        "app_subnet_ids": ["app-a", "app-b"],
        "public_subnet_ids": ["public-a", "public-b"],
        "ingress_cidrs": ("203.0.113.0/24",),
        "database": AppDatabase(
            host="10.0.200.5", service="XEPDB1", user="SAMPLE", password=pulumi.Output.secret("hush-oracle")
        ),
        "database_security_group_id": "sg-oracle",
        "kafka": AppKafka(
            bootstrap="SASL_SSL://kafka:9092",
            key="kafka-key",
            secret=pulumi.Output.secret("hush-kafka"),
            registry_url="https://registry",
            registry_key="registry-key",
            registry_secret=pulumi.Output.secret("hush-registry"),
        ),
        "thresholds": {
            "window_minutes": 10,
            "burst_count": "10",
            "burst_amount": "1",
            "large_amount": "2",
            "home_prefix": "10.",
            "more": "0",
        },
        "image": DIGEST,
        "api_cidrs": ("198.51.100.0/24",),
        "admin_role_arns": ("arn:aws:iam::123456789012:role/ops",),
        "generator_rate": 5,
    }
    return builder.arguments(FraudAppArgs, AppSettings, **usual | change)


def build(**change: Any) -> None:
    """FraudApp on a network, with a database that is ready after `oracle-ready`."""
    vpc = aws.ec2.Vpc("vpc", cidr_block=VPC)
    public = aws.ec2.Subnet("public", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
    private = aws.ec2.Subnet("private", vpc_id=vpc.id, cidr_block="10.0.16.0/20")
    route = aws.ec2.Route("route", route_table_id="table", gateway_id="internet")
    ready = aws.ssm.Document("oracle-ready", content="{}", document_type="Command")
    network = {"vpc_id": vpc.id, "app_subnet_ids": [private.id], "public_subnet_ids": [public.id]}
    FraudApp("app", arguments(**network, network_ready=[route], database_ready=[ready], **change))


@pytest.fixture(scope="module")
def made() -> Made:
    return record_component(build)


@pytest.fixture(scope="module")
def closed() -> Made:
    """Nothing optional: no API from outside, no generator, no prebuilt image; with TLS and protection."""
    built = {"image": None, "context": "app"}
    return record_component(
        lambda: build(api_cidrs=(), admin_role_arns=(), generator_rate=0, protect=True, **built, **TLS)
    )


def group_of(cluster: str) -> str:
    """The security group that EKS makes with a cluster."""
    return long_id("sg")(cluster, {})


def of_type(made: Made, suffix: str) -> list[Resource]:
    return [resource for resource in made.values() if resource.type.endswith(suffix)]


def closure(made: Made, name: str) -> set[str]:
    """Names of everything that exists as long as this does: what it waits for, its provider, its parents."""
    found: set[str] = set()
    left = [name]
    while left:
        resource = made[left.pop()]
        provider = str(resource.options.get("provider", "")).rsplit("::", 1)[-1]
        for other in needs(resource) | ({provider} & set(made)):
            if other not in found:
                found.add(other)
                left.append(other)
    return found


# Arguments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"log_retention_days": 10}, "log_retention_days is 10; set it to one of"),
        ({"api_cidrs": ("0.0.0.0/0",)}, "api_cidrs has '0.0.0.0/0', which admits everybody"),
        ({"api_cidrs": ("0.0.0.0/1", "128.0.0.0/1")}, "api_cidrs has '128.0.0.0/1'"),
        ({"api_cidrs": ("198.51.100.7",)}, "api_cidrs has '198.51.100.7'; write a network"),
        ({"ingress_cidrs": ()}, "ingress_cidrs is empty, which a load balancer takes for everybody"),
        ({"vpc_cidr": "172.20.0.0/18"}, "vpc_cidr is 172.20.0.0/18; choose one apart from 172.20.0.0/16"),
        ({"image": None}, "neither settings.image nor build_context is set; give an image by digest"),
        ({"vpc_cidr": "10.0.0.1/16"}, "vpc_cidr is '10.0.0.1/16'; give an IPv4 range"),
        ({"fraud_every_seconds": -1}, "fraud_every_seconds is -1"),
        (
            {"thresholds": {"burst_count": "1"}},
            "thresholds has no burst_amount, large_amount, home_prefix",
        ),
    ],
)
def test_bad_arguments_name_field_value_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        arguments(**change)


def test_over_tls_everybody_may_come() -> None:
    assert arguments(ingress_cidrs=("0.0.0.0/0",), **TLS).settings.ingress_cidrs == ("0.0.0.0/0",)


def test_a_preview_shows_every_resource(made: Made) -> None:
    assert record_component(build, preview=True).keys() == made.keys()


# IAM ------------------------------------------------------------------------------------------------------------


def trust(role: Resource) -> dict[str, Any]:
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    return statement


def test_the_roles_trust_one_service_each_and_auto_mode_may_tag(made: Made) -> None:
    cluster, node = trust(made["app-cluster-role"]), trust(made["app-node-role"])
    assert cluster["Principal"] == {"Service": "eks.amazonaws.com"}
    assert sorted(cluster["Action"]) == ["sts:AssumeRole", "sts:TagSession"], "auto mode fails without TagSession"
    assert node["Principal"] == {"Service": "ec2.amazonaws.com"} and node["Action"] == ["sts:AssumeRole"]


@pytest.mark.parametrize(
    ("role", "policies"),
    [
        (
            "app-cluster-role",
            {
                "AmazonEKSClusterPolicy",
                "AmazonEKSComputePolicy",
                "AmazonEKSBlockStoragePolicyV2",
                "AmazonEKSLoadBalancingPolicy",
                "AmazonEKSNetworkingPolicy",
            },
        ),
        ("app-node-role", {"AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"}),
    ],
)
def test_a_role_has_exactly_the_policies_of_auto_mode(made: Made, role: str, policies: set[str]) -> None:
    attached = [one for one in of_type(made, ":RolePolicyAttachment") if role in needs(one)]
    assert {one.inputs["policyArn"].removeprefix("arn:aws:iam::aws:policy/") for one in attached} == policies
    assert not of_type(made, ":RolePolicy"), "the managed policies are all that auto mode needs"


# The cluster ----------------------------------------------------------------------------------------------------


def test_the_cluster_runs_in_auto_mode_under_the_roles_made_here(made: Made) -> None:
    inputs = made["app-cluster"].inputs
    assert inputs["autoMode"]["enabled"] and inputs["autoMode"]["createNodeRole"] is False
    assert inputs["createInstanceRole"] is False, "the component would make a role that neither plan nor policy judges"
    assert inputs["autoMode"]["computeConfig"]["nodeRoleArn"] == arn_of(made["app-node-role"])
    assert inputs["autoMode"]["computeConfig"]["nodePools"] == ["general-purpose", "system"]
    assert inputs["serviceRole"] == {"resource": made["app-cluster-role"].urn}
    assert inputs["authenticationMode"] == "API"
    assert inputs["upgradePolicy"] == {"supportType": "STANDARD"}, "extended support costs six times as much"
    assert inputs["version"] == DEFAULT_VERSION


def test_the_plan_lists_what_the_component_makes_inside(made: Made) -> None:
    component = made["app-cluster"]
    inside = {name: one for name, one in made.items() if "eks:index:Cluster$" in one.urn}
    assert {name: one.type.rpartition(":")[2] for name, one in inside.items()} == {
        "app-cluster-eksCluster": "Cluster",
        "app-cluster-eks-k8s": "kubernetes",
        "app-cluster-ops": "AccessEntry",
        "app-cluster-ops-admin": "AccessPolicyAssociation",
    }
    child = inside["app-cluster-eksCluster"].inputs
    assert child["roleArn"] == arn_of(made["app-cluster-role"])
    assert child["vpcConfig"]["publicAccessCidrs"] == component.inputs["publicAccessCidrs"]
    assert child["encryptionConfig"]["provider"] == {"keyArn": KEY}
    assert inside["app-cluster-ops"].inputs["principalArn"] == "arn:aws:iam::123456789012:role/ops"
    assert inside["app-cluster-ops-admin"].inputs["accessScope"] == {"type": "cluster"}


def test_the_plan_lists_the_same_in_a_preview(made: Made) -> None:
    assert set(record_component(build, preview=True)) == set(made)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"create_instance_role": None}, "createInstanceRole is None"),
        ({"fargate": True}, "fargate may make resources that the plan does not list"),
        ({"service_role": None}, "serviceRole is missing"),
        ({"authentication_mode": eks.AuthenticationMode.CONFIG_MAP}, "authenticationMode is 'CONFIG_MAP'"),
    ],
)
def test_a_cluster_whose_children_the_plan_cannot_list_is_refused(change: dict[str, Any], message: str) -> None:
    def program() -> None:
        role = aws.iam.Role("role", assume_role_policy="{}")
        usual: dict[str, Any] = {
            "auto_mode": eks.AutoModeOptionsArgs(enabled=True, create_node_role=False),
            "coredns_addon_options": eks.CoreDnsAddonOptionsArgs(enabled=False),
            "service_role": role,
            "create_instance_role": False,
            "authentication_mode": eks.AuthenticationMode.API,
        }
        eks.Cluster("c", **(usual | change))

    with pytest.raises(AssertionError, match=message):
        record_component(program)


def test_nodes_run_in_private_subnets_alone(made: Made) -> None:
    inputs = made["app-cluster"].inputs
    assert inputs["vpcId"] == id_of(made["vpc"])
    assert inputs["subnetIds"] == [id_of(made["private"])], "auto mode puts nodes into every subnet of the cluster"
    assert "publicSubnetIds" not in inputs


def test_secrets_are_encrypted_and_everything_is_logged_to_an_encrypted_group(made: Made) -> None:
    inputs, logs = made["app-cluster"].inputs, made["app-cluster-logs"].inputs
    assert inputs["encryptionConfigKeyArn"] == KEY
    assert set(inputs["enabledClusterLogTypes"]) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    assert logs["name"] == f"/aws/eks/{inputs['name']}/cluster", "EKS makes its own group, without retention, else"
    assert (logs["kmsKeyId"], logs["retentionInDays"]) == (KEY, 30)


def test_the_api_is_private_but_for_the_networks_given(made: Made, closed: Made) -> None:
    opened, shut = made["app-cluster"].inputs, closed["app-cluster"].inputs
    assert opened["endpointPrivateAccess"] and shut["endpointPrivateAccess"]
    assert (opened["endpointPublicAccess"], opened["publicAccessCidrs"]) == (True, ["198.51.100.0/24"])
    assert shut["endpointPublicAccess"] is False and "publicAccessCidrs" not in shut


def test_administrators_are_those_given(made: Made, closed: Made) -> None:
    (entry,) = made["app-cluster"].inputs["accessEntries"].values()
    assert entry["principalArn"] == "arn:aws:iam::123456789012:role/ops"
    (policy,) = entry["accessPolicies"].values()
    assert policy["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert policy["accessScope"] == {"type": "cluster"}
    assert not closed["app-cluster"].inputs["accessEntries"]


def test_the_cluster_waits_for_its_rights_its_log_group_and_the_internet(made: Made) -> None:
    attachments = {one.name for one in of_type(made, ":RolePolicyAttachment")}
    absent = {*attachments, "app-cluster-logs", "route"} - needs(made["app-cluster"])
    assert not absent, f"make the cluster after {absent}: on destroy they must outlive it, too"


def test_protection_keeps_cluster_and_images(made: Made, closed: Made) -> None:
    assert made["app-cluster"].inputs["deletionProtection"] is False
    assert closed["app-cluster"].inputs["deletionProtection"] is True
    assert closed["app-images"].options["protect"] and closed["app-images"].inputs["forceDelete"] is False


def test_the_provider_hides_the_kubeconfig_and_survives_its_changes(made: Made) -> None:
    inputs = made["app-kubernetes"].inputs
    assert inputs["kubeconfig"] == MASK
    assert inputs["clusterIdentifier"] == group_of("app-cluster") and inputs["enableServerSideApply"] == "true"
    for resource in made.values():
        if resource.type.startswith("kubernetes:"):
            assert resource.options["provider"] == made["app-kubernetes"].urn, f"{resource.name}: not in this cluster"


def test_the_default_version_is_supported_and_the_table_is_in_order() -> None:
    assert DEFAULT_VERSION in SUPPORTED_VERSIONS
    assert list(SUPPORTED_VERSIONS.values()) == sorted(SUPPORTED_VERSIONS.values())
    assert all(isinstance(end, date) for end in SUPPORTED_VERSIONS.values())


# The image ------------------------------------------------------------------------------------------------------


def test_a_prebuilt_image_makes_no_registry(made: Made) -> None:
    assert not of_type(made, ":Repository") and not of_type(made, ":Image")
    assert {container(one)["image"] for one in workloads(made)} == {DIGEST}


def test_a_built_image_is_immutable_scanned_encrypted_and_run_by_digest(closed: Made) -> None:
    images, built = closed["app-images"].inputs, closed["app-image"].inputs
    assert images["imageTagMutability"] == "IMMUTABLE"
    assert images["imageScanningConfiguration"] == {"scanOnPush": True}
    assert images["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": KEY}]
    assert built["push"] is True and built["buildOnPreview"] is False
    assert built["context"] == {"location": "app"}, "a machine's own path must not stand in the plan"
    assert built["platforms"] == ["linux/amd64"]
    (registry,) = built["registries"]
    assert (registry["username"], registry["password"]) == ("AWS", MASK)
    assert images_of(registry["address"]) == images_of(built["tags"][0])
    (tag,) = built["tags"]
    assert tag.endswith(f":{image.content_hash(ROOT / 'app')}"), "an immutable tag has to follow the content"
    for one in workloads(closed):
        assert re.search(r"@sha256:[0-9a-f]{64}$", container(one)["image"]), f"{one.name}: a tag may be another image"


def images_of(reference: str) -> str:
    """The repository of a reference."""
    return reference.split(":")[0]


def test_old_images_go_and_the_latest_stay(closed: Made) -> None:
    rules = json.loads(closed["app-images-kept"].inputs["policy"])["rules"]
    assert [rule["selection"] for rule in rules] == [
        {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
        {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10},
    ]
    assert all(rule["action"] == {"type": "expire"} for rule in rules)


def test_the_tag_follows_content_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = image.content_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    (tmp_path / "db.sqlite3").write_text("x")
    assert image.content_hash(tmp_path) == before
    (tmp_path / "a.py").write_text("2")
    assert image.content_hash(tmp_path) != before
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert image.content_hash(tmp_path) != before
    with pytest.raises(FileNotFoundError, match="run the program in the project's folder, or set an image"):
        image.content_hash(tmp_path / "absent")


# Pods -----------------------------------------------------------------------------------------------------------


def workloads(made: Made) -> list[Resource]:
    found = [*of_type(made, ":Deployment"), *of_type(made, ":Job")]
    assert found, "there is nothing to look at"
    return found


def pod(resource: Resource) -> dict[str, Any]:
    return resource.inputs["spec"]["template"]["spec"]


def container(resource: Resource) -> dict[str, Any]:
    (only,) = pod(resource)["containers"]
    return only


@pytest.fixture(params=["app-web", "app-generator", "app-seed"])
def one(made: Made, request: pytest.FixtureRequest) -> Resource:
    return made[request.param]


def test_a_pod_is_restricted(one: Resource) -> None:
    spec, security = pod(one), container(one)["securityContext"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert {spec["securityContext"][key] for key in ("runAsUser", "runAsGroup", "fsGroup")} == {USER}
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert security == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False, "the app asks nothing of Kubernetes"
    assert spec["enableServiceLinks"] is False, "the environment is the configuration and nothing else"
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        assert not spec.get(key)
    assert [volume.keys() - {"name"} for volume in spec["volumes"]] == [{"emptyDir"}]
    assert container(one)["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]


def test_a_pod_has_requests_and_limits(one: Resource) -> None:
    resources = container(one)["resources"]
    assert {"cpu", "memory"} <= resources["requests"].keys() and {"cpu", "memory"} <= resources["limits"].keys()
    assert resources["requests"]["memory"] == resources["limits"]["memory"], "a node must not run out of memory"


def test_a_pod_belongs_to_the_account_without_a_token(made: Made, one: Resource) -> None:
    account = made["app-account"].inputs
    assert pod(one)["serviceAccountName"] == account["metadata"]["name"]
    assert account["automountServiceAccountToken"] is False
    assert one.inputs["metadata"]["namespace"] == account["metadata"]["namespace"] == "fraud-app"


def test_the_user_is_that_of_the_image() -> None:
    text = (ROOT / "app" / "Dockerfile").read_text()
    assert f"--uid {USER}" in text and f"\nUSER {USER}\n" in text


def test_the_namespace_refuses_any_other_pod(made: Made) -> None:
    labels = made["app-namespace"].inputs["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}


def test_everything_of_the_app_is_in_its_namespace(made: Made) -> None:
    apart = {"app-namespace", "app-network-policies-on", "app-load-balancer", "app-ingress-class"}
    for resource in made.values():
        if resource.type.startswith("kubernetes:") and resource.name not in apart:
            assert resource.inputs["metadata"]["namespace"] == "fraud-app", f"{resource.name}: give it the namespace"


def test_only_the_web_pods_have_the_kafka_secret(made: Made) -> None:
    def secrets(name: str) -> set[str]:
        sources = container(made[name])["envFrom"]
        return {source["secretRef"]["name"].rsplit("-", 1)[0] for source in sources if "secretRef" in source}

    assert secrets("app-web") == {"app-database", "app-kafka"}
    assert secrets("app-seed") == secrets("app-generator") == {"app-database"}


def test_secrets_are_secret_and_new_ones_get_new_names(made: Made) -> None:
    for name in ("app-database", "app-kafka"):
        assert made[name].inputs["stringData"] == MASK, f"{name}: a value has lost its protection"
    for name in ("app-database", "app-kafka", "app-config"):
        assert made[name].inputs["immutable"] is True
        assert "name" not in made[name].inputs["metadata"], f"{name}: pods are not rolled under a fixed name"
    text = json.dumps(made["app-config"].inputs["data"])
    assert not re.search("PASSWORD|SECRET|USERNAME|_KEY", text), "that belongs into a Secret"


def test_the_web_pods_are_as_many_as_the_autoscaler_says(made: Made) -> None:
    assert "replicas" not in made["app-web"].inputs["spec"], "each update would set the number back"
    scaling = made["app-scaling"].inputs["spec"]
    assert (scaling["minReplicas"], scaling["maxReplicas"]) == (2, 4)
    target = scaling["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", made["app-web"].inputs["metadata"]["name"])
    assert "app-metrics-server" in needs(made["app-scaling"]), "auto mode has no metrics of its own to scale by"
    metrics = made["app-metrics-server"]
    assert metrics.inputs["addonName"] == "metrics-server" and "app-cluster" in needs(metrics)
    assert metrics.inputs["clusterName"] == made["app-cluster"].inputs["name"]


def test_a_node_that_goes_takes_one_web_pod_at_most(made: Made) -> None:
    disruption = made["app-disruption"].inputs["spec"]
    assert disruption["maxUnavailable"] == 1
    labels = made["app-web"].inputs["spec"]["template"]["metadata"]["labels"]
    assert disruption["selector"]["matchLabels"] == labels == made["app-service"].inputs["spec"]["selector"]
    (spread,) = pod(made["app-web"])["topologySpreadConstraints"]
    assert (spread["topologyKey"], spread["whenUnsatisfiable"]) == ("topology.kubernetes.io/zone", "DoNotSchedule")
    assert spread["labelSelector"]["matchLabels"] == labels
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert made["app-web"].inputs["spec"]["strategy"] == strategy


def test_only_readiness_asks_the_database(made: Made) -> None:
    web = container(made["app-web"])
    paths = {kind: web[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")}
    assert paths == {"startup": "/livez", "readiness": "/readyz", "liveness": "/livez"}


def test_a_web_pod_answers_until_the_load_balancer_has_let_go(made: Made) -> None:
    drain = container(made["app-web"])["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert drain >= 10 and pod(made["app-web"])["terminationGracePeriodSeconds"] > drain + 10


def test_probes_and_users_reach_the_web_pods_by_names_that_django_allows(made: Made, closed: Made) -> None:
    for plan, name in ((made, ".elb.amazonaws.com"), (closed, "fraud.example.com")):
        env = {one["name"]: one for one in container(plan["app-web"])["env"]}
        assert env["POD_IP"]["valueFrom"]["fieldRef"]["fieldPath"] == "status.podIP"
        assert env["ALLOWED_HOSTS"]["value"] == f"{name},$(POD_IP)"
        assert list(env) == ["POD_IP", "ALLOWED_HOSTS"], "Kubernetes expands what comes before alone"


def test_one_generator_runs_in_a_pod_of_its_own(made: Made, closed: Made) -> None:
    spec = made["app-generator"].inputs["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == (1, "Recreate")
    assert container(made["app-generator"])["command"][2:4] == ["generate", "--rate"]
    assert "GENERATOR_RATE" not in made["app-config"].inputs["data"], "each web pod would run one more"
    assert "app-generator" not in closed, "a rate of 0 means as many payments as possible"


def test_the_seed_runs_before_any_pod_of_its_version(made: Made) -> None:
    seed = made["app-seed"]
    assert container(seed)["command"] == ["python", "manage.py", "seed", "--first-payment"]
    assert "name" not in seed.inputs["metadata"], "a Job cannot be changed: a new version needs a new name"
    assert pod(seed)["restartPolicy"] == "Never" and seed.inputs["spec"]["backoffLimit"] > 0
    assert "ttlSecondsAfterFinished" not in seed.inputs["spec"]
    assert seed.inputs["spec"]["activeDeadlineSeconds"] <= 900, "Pulumi waits 15 minutes for it"
    for name in ("app-web", "app-generator"):
        assert "app-seed" in needs(made[name]), f"{name}: make it after the seed"
    assert {"oracle-ready", "app-oracle-ingress"} <= needs(seed), "the seed needs the database, and the way to it"


# The network ----------------------------------------------------------------------------------------------------


def policies(made: Made) -> dict[str, dict[str, Any]]:
    return {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in of_type(made, ":NetworkPolicy")}


def rules(spec: dict[str, Any], direction: str, peers: str) -> Iterator[tuple[str, list[str], set[tuple[str, int]]]]:
    """(CIDR, exceptions, protocol and port) of each rule; a rule without peers or ports would open everything."""
    for rule in spec.get(direction, []):
        assert rule.get(peers) and rule.get("ports"), f"a rule without {peers} or ports opens everything"
        ports = {(port["protocol"], port["port"]) for port in rule["ports"]}
        for peer in rule[peers]:
            assert set(peer) == {"ipBlock"}
            yield peer["ipBlock"]["cidr"], peer["ipBlock"].get("except", []), ports


def test_everything_is_denied_that_is_not_allowed(made: Made) -> None:
    assert policies(made)["deny-all"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_load_balancer_reaches_the_web_pods_on_their_port_and_nobody_else_anything(made: Made) -> None:
    found = policies(made)
    opened = {name: list(rules(spec, "ingress", "from")) for name, spec in found.items() if spec.get("ingress")}
    assert opened == {"from-load-balancer": [(VPC, [], {("TCP", 8000)})]}
    labels = made["app-web"].inputs["spec"]["template"]["metadata"]["labels"]
    assert found["from-load-balancer"]["podSelector"] == {"matchLabels": labels}
    assert container(made["app-web"])["ports"] == [{"name": "http", "containerPort": 8000}]


def test_pods_reach_dns_the_database_and_the_web_pods_confluent(made: Made) -> None:
    found = policies(made)
    opened = {name: list(rules(spec, "egress", "to")) for name, spec in found.items() if spec.get("egress")}
    private = ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
    assert opened == {
        "to-dns": [(DNS_ADDRESS, [], {("UDP", 53), ("TCP", 53)})],
        "to-database": [(VPC, [], {("TCP", 1521)})],
        "to-confluent": [("0.0.0.0/0", private, {("TCP", 9092), ("TCP", 443)})],
    }
    labels = made["app-web"].inputs["spec"]["template"]["metadata"]["labels"]
    assert found["to-confluent"]["podSelector"] == {"matchLabels": labels}


def test_a_private_confluent_is_reached_inside_the_vpc_and_nothing_outside() -> None:
    kafka = dataclasses.replace(arguments().kafka, private=True)
    spec = policies(record_component(lambda: build(kafka=kafka)))["to-confluent"]
    assert list(rules(spec, "egress", "to")) == [(VPC, [], {("TCP", 9092), ("TCP", 443)})]


def test_dns_is_at_the_tenth_address_of_the_services(made: Made) -> None:
    assert made["app-cluster"].inputs["kubernetesServiceIpAddressRange"] == SERVICE_CIDR
    assert str(IPv4Network(DNS_ADDRESS).network_address) == str(IPv4Network(SERVICE_CIDR)[10])
    assert made["app-cluster"].inputs["corednsAddonOptions"]["enabled"] is False, "auto mode has DNS on the nodes"


def test_policies_are_enforced_before_the_first_pod_runs(made: Made) -> None:
    switch = made["app-network-policies-on"].inputs
    assert switch["metadata"] == {"name": "amazon-vpc-cni", "namespace": "kube-system"}
    assert switch["data"] == {"enable-network-policy-controller": "true"}
    before = {one.name for one in of_type(made, ":NetworkPolicy")} | {"app-network-policies-on"}
    for one in workloads(made):
        absent = before - closure(made, one.name)
        assert not absent, f"{one.name}: make it after {absent}"


def test_pods_reach_oracle_and_nothing_else_is_opened(made: Made) -> None:
    (rule,) = of_type(made, ":SecurityGroupIngressRule")
    assert rule.inputs["securityGroupId"] == "sg-oracle"
    assert rule.inputs["referencedSecurityGroupId"] == group_of("app-cluster") and "cidrIpv4" not in rule.inputs
    assert (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("tcp", 1521, 1521)
    assert rule.inputs["description"]
    assert not of_type(made, ":SecurityGroupEgressRule") and not of_type(made, ":SecurityGroup")


# The way in -----------------------------------------------------------------------------------------------------


def on_the_ingress(made: Made) -> dict[str, str]:
    found = made["app-ingress"].inputs["metadata"]["annotations"]
    assert all(key.startswith("alb.ingress.kubernetes.io/") for key in found)
    return {key.split("/")[1]: value for key, value in found.items()}


def test_the_load_balancer_admits_the_given_networks_to_pods_by_address(made: Made) -> None:
    found = on_the_ingress(made)
    assert (found["inbound-cidrs"], found["target-type"]) == ("203.0.113.0/24", "ip")
    assert found["scheme"] == "internet-facing"
    assert json.loads(found["listen-ports"]) == [{"HTTP": 80}] and "certificate-arn" not in found
    assert found["healthcheck-path"] == "/readyz", "/ is sent to https, which a health check takes for a failure"
    assert made["app-config"].inputs["data"]["PLAIN_HTTP"] == "1"


def test_with_a_certificate_plain_http_only_leads_to_https(closed: Made) -> None:
    found = on_the_ingress(closed)
    assert json.loads(found["listen-ports"]) == [{"HTTP": 80}, {"HTTPS": 443}]
    assert found["ssl-redirect"] == "443" and found["certificate-arn"] == CERTIFICATE
    assert found["ssl-policy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert closed["app-config"].inputs["data"]["PLAIN_HTTP"] == ""
    (rule,) = closed["app-ingress"].inputs["spec"]["rules"]
    assert rule["host"] == "fraud.example.com"


def test_a_browser_stays_with_one_pod(made: Made) -> None:
    assert "stickiness.enabled=true" in on_the_ingress(made)["target-group-attributes"]


def test_auto_mode_makes_the_load_balancer_in_the_public_subnets(made: Made) -> None:
    spec = made["app-ingress"].inputs["spec"]
    inputs, parameters = made["app-ingress-class"].inputs, made["app-load-balancer"].inputs
    assert spec["ingressClassName"] == inputs["metadata"]["name"]
    assert inputs["spec"]["controller"] == "eks.amazonaws.com/alb"
    named = {"apiGroup": "eks.amazonaws.com", "kind": "IngressClassParams", "name": parameters["metadata"]["name"]}
    assert inputs["spec"]["parameters"] == named
    assert (parameters["apiVersion"], parameters["kind"]) == ("eks.amazonaws.com/v1", "IngressClassParams")
    assert parameters["spec"]["subnets"] == {"ids": [id_of(made["public"])]}
    assert parameters["spec"]["scheme"] == "internet-facing"
    attributes = {one["key"]: one["value"] for one in parameters["spec"]["loadBalancerAttributes"]}
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"


def test_every_path_leads_to_the_service_of_the_web_pods(made: Made) -> None:
    (rule,) = made["app-ingress"].inputs["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    service = made["app-service"].inputs
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    assert path["backend"]["service"] == {"name": service["metadata"]["name"], "port": {"number": 80}}
    assert service["spec"]["type"] == "ClusterIP" and service["spec"]["ports"][0]["targetPort"] == "http"


def test_the_ingress_goes_before_all_that_its_load_balancer_needs(made: Made) -> None:
    attachments = {one.name for one in of_type(made, ":RolePolicyAttachment")}
    later = {"app-service", "app-web", "app-ingress-class", "app-load-balancer", "app-kubernetes", "app-cluster"}
    absent = {*later, *attachments, "app-cluster-role", "public", "private", "route"} - closure(made, "app-ingress")
    assert not absent, f"on destroy {absent} may go while the load balancer still stands"


def test_a_destroyed_cluster_leaves_no_rule_behind(made: Made) -> None:
    assert "app-cluster" in needs(made["app-oracle-ingress"])


# Outputs --------------------------------------------------------------------------------------------------------


class WithStatus(Mocks):
    """The Ingress has a load balancer."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        identity, outputs = super().new_resource(args)
        if args.typ.endswith(":Ingress"):
            outputs["status"] = {"loadBalancer": {"ingress": [{"hostname": "k8s-1.us-east-1.elb.amazonaws.com"}]}}
        return identity, outputs


@pulumi.runtime.test
def test_there_is_no_url_without_a_load_balancer(mocks: Mocks) -> Any:
    app = FraudApp("app", arguments())
    return pulumi.Output.all(app.url, app.load_balancer_host).apply(lambda found: _same(found, ["", ""]))


@pytest.mark.parametrize(
    ("change", "url"), [({}, "http://k8s-1.us-east-1.elb.amazonaws.com"), (TLS, "https://fraud.example.com")]
)
def test_the_url_is_the_hostname_or_the_load_balancers(change: dict[str, Any], url: str) -> None:
    pulumi.runtime.set_mocks(WithStatus(), project="fraud-detection", stack="test")

    @pulumi.runtime.test
    def run() -> Any:
        app = FraudApp("app", arguments(**change))
        return app.url.apply(lambda found: _same(found, url))

    run()


@pytest.mark.parametrize("found", [None, [], [{}]])
def test_a_status_is_never_taken_for_complete(found: Any) -> None:
    class Dotted(dict):
        def __getattr__(self, key: str) -> Any:
            return self.get(key)

    items = None if found is None else [Dotted(item) for item in found]
    assert ingress._first_host(Dotted(load_balancer=Dotted(ingress=items))) == ""
    assert ingress._first_host(None) == ingress._first_host(Dotted()) == ""


def test_the_kubeconfig_names_the_region_that_the_clusters_component_leaves_out() -> None:
    made = {"users": [{"name": "aws", "user": {"exec": {"command": "aws", "args": ["eks", "get-token"]}}}]}
    found = json.loads(cluster.with_region(json.dumps(made), "eu-west-1"))
    assert found["users"][0]["user"]["exec"]["args"] == ["eks", "get-token", "--region", "eu-west-1"]
    assert cluster.with_region(json.dumps(found), "eu-west-1") == json.dumps(found), "once is enough"


@pulumi.runtime.test
def test_the_kubeconfig_is_secret(mocks: Mocks) -> Any:
    app = FraudApp("app", arguments())
    return pulumi.Output.from_input(app.kubeconfig.is_secret()).apply(lambda found: _same(found, True))


def _same(found: object, expected: object) -> None:
    assert found == expected


def test_the_pods_have_what_the_app_needs(made: Made) -> None:
    assert made["app-config"].inputs["data"] == {
        "ORACLE_HOST": "10.0.200.5",
        "ORACLE_PORT": "1521",
        "ORACLE_SERVICE": "XEPDB1",
        "ORACLE_USER": "SAMPLE",
        "KAFKA_BOOTSTRAP": "kafka:9092",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "SCHEMA_REGISTRY_URL": "https://registry",
        "ALERT_TOPIC": "fraud_alert",
        "GROUP_PREFIX": "fraud-app",
        "PLAIN_HTTP": "1",
        "BURST_COUNT": "10",
        "BURST_AMOUNT": "1",
        "LARGE_AMOUNT": "2",
        "HOME_PREFIX": "10.",
        "RULES": json.dumps({rule.id: rule.title for rule in rule_files.read()}),
    }


def test_what_the_pods_set_the_app_reads(mocks: Mocks) -> None:
    @pulumi.runtime.test
    def run() -> None:
        FraudApp("app", arguments())

    run()

    def values(name: str, field: str) -> dict[str, str]:
        return plain(mocks.made[name].inputs[field])

    # No plan shows which secret stands where.
    database, kafka = values("app-database", "stringData"), values("app-kafka", "stringData")
    assert database == {"SECRET_KEY": "app-secret-key-generated", "ORACLE_PASSWORD": "hush-oracle"}
    assert kafka == {
        "KAFKA_USERNAME": "kafka-key",
        "KAFKA_PASSWORD": "hush-kafka",
        "SCHEMA_REGISTRY_KEY": "registry-key",
        "SCHEMA_REGISTRY_SECRET": "hush-registry",
    }
    assert mocks.made["app-secret-key"].inputs["length"] >= 50, "Django's own checks ask for that"
    settings = (ROOT / "app" / "fraudapp" / "settings.py").read_text()
    for variable in {*values("app-config", "data"), *database, *kafka}:
        assert re.search(rf"\b{variable}\b", settings), f"{variable}: app/fraudapp/settings.py does not read it"


def test_everything_belongs_to_the_component(made: Made, closed: Made) -> None:
    for plan in (made, closed):
        for resource in plan.values():
            if resource.name.startswith("app-") and "eks:index:Cluster$" not in resource.urn:
                assert resource.parent == plan["app"].urn, f"{resource.name}: pass on the component's options"
