"""FraudApp: masked secrets, the page's address, and other things that no golden plan shows."""

from __future__ import annotations

import hashlib
import json
import re
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.fraud_app import cluster
from components.fraud_app.app import FraudApp
from components.fraud_app.args import DNS_ADDRESS, SERVICE_CIDR, AppDatabase, AppKafka, FraudAppArgs
from components.fraud_app.pods import USER
from components.fraud_app.settings import AppSettings
from plan import fakes
from plan.model import MASK
from tests.unit import arguments as builder
from tests.unit.recording import record_component, secret

ROOT = Path(__file__).resolve().parents[3]
TLS = {"certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b", "hostname": "fraud.example.com"}
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"


def arguments(**change: Any) -> FraudAppArgs:
    usual: dict[str, Any] = {
        "vpc_id": "vpc",
        "vpc_cidr": "10.0.0.0/16",
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
        "image": "registry/app@sha256:" + "a" * 64,
        "api_cidrs": ("198.51.100.0/24",),
        "admin_role_arns": ("arn:aws:iam::123456789012:role/ops",),
        "generator_rate": 5,
    }
    return builder.arguments(FraudAppArgs, AppSettings, **usual | change)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"api_cidrs": ("0.0.0.0/0",)}, "api_cidrs has '0.0.0.0/0', which admits everyone"),
        ({"api_cidrs": ("0.0.0.0/1", "128.0.0.0/1")}, "api_cidrs has '128.0.0.0/1'"),
        ({"api_cidrs": ("198.51.100.7",)}, "api_cidrs has '198.51.100.7'; write a network"),
        ({"ingress_cidrs": ()}, "ingress_cidrs is empty, which a load balancer reads as everyone"),
        ({"vpc_cidr": "172.20.0.0/18"}, "vpc_cidr is 172.20.0.0/18; set a range apart from 172.20.0.0/16"),
        ({"vpc_cidr": "10.0.0.1/16"}, "vpc_cidr is '10.0.0.1/16'; set an IPv4 range"),
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


def test_only_the_given_roles_are_administrators() -> None:
    role = "arn:aws:iam::123456789012:role/ops"
    made = record_component(lambda: FraudApp("app", arguments(admin_role_arns=(role,))))
    assert made["app-cluster-ops"].inputs["principalArn"] == role
    rights = made["app-cluster-ops-admin"].inputs
    assert rights["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert rights["accessScope"] == {"type": "cluster"}


def test_without_api_cidrs_the_api_is_private() -> None:
    inputs = record_component(lambda: FraudApp("app", arguments(api_cidrs=())))["app-cluster"].inputs
    assert (inputs["endpointPrivateAccess"], inputs["endpointPublicAccess"]) == (True, False)
    assert "publicAccessCidrs" not in inputs


def test_the_app_reads_each_secret_by_its_name() -> None:
    made = record_component(lambda: FraudApp("app", arguments()))
    database, kafka = (made.opened[name]["stringData"] for name in ("app-database", "app-kafka"))
    assert database == {"SECRET_KEY": secret("app-secret-key"), "ORACLE_PASSWORD": "hush-oracle"}
    assert kafka == {
        "KAFKA_USERNAME": "kafka-key",
        "KAFKA_PASSWORD": "hush-kafka",
        "SCHEMA_REGISTRY_KEY": "registry-key",
        "SCHEMA_REGISTRY_SECRET": "hush-registry",
    }
    shown = [made[name].inputs["stringData"] for name in ("app-database", "app-kafka")]
    assert shown == [MASK, MASK], "what a caller gives in plain text is a secret here"
    settings = (ROOT / "app" / "fraudapp" / "settings.py").read_text()
    for variable in {*made["app-config"].inputs["data"], *database, *kafka}:
        assert re.search(rf"\b{variable}\b", settings), f"{variable}: app/fraudapp/settings.py does not read it"


def test_the_app_knows_only_the_digests_of_the_apis_keys() -> None:
    def build() -> pulumi.Output[Any]:
        return FraudApp("app", arguments(api_clients=("shop", "bank=outcomes"))).api_keys

    made = record_component(build)
    keys = {name: secret(f"app-api-{name}") for name in ("shop", "bank")}
    assert made.result == keys and made["app-api-shop"].inputs["length"] == 48
    told = json.loads(made.opened["app-api"]["stringData"]["API_KEYS"])
    assert {name: one["sha256"] for name, one in told.items()} == {
        name: hashlib.sha256(key.encode()).hexdigest() for name, key in keys.items()
    }
    assert told["shop"]["scopes"] == ["payments:write", "outcomes:write"]
    assert told["bank"]["scopes"] == ["outcomes:write"]
    assert made["app-api"].inputs["stringData"] == MASK
    assert "app-api" not in record_component(lambda: FraudApp("app", arguments()))


@pytest.mark.parametrize("clients", [("Shop",), ("shop=all",), ("",), ("shop", "shop=payments")])
def test_a_client_that_cannot_be_one_is_refused(clients: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"clients' names; =payments|each name once"):
        arguments(api_clients=clients)


def test_probes_and_metrics_have_a_port_that_ingress_does_not_lead_to() -> None:
    made = record_component(lambda: FraudApp("app", arguments()))
    pod = made["app-web"].inputs["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    probes = [container[name]["httpGet"]["port"] for name in ("startupProbe", "readinessProbe", "livenessProbe")]
    assert probes == ["operations"] * 3
    check = made["app-ingress"].inputs["metadata"]["annotations"]["alb.ingress.kubernetes.io/healthcheck-port"]
    assert check == str(ports["operations"])
    assert [port["targetPort"] for port in made["app-service"].inputs["spec"]["ports"]] == ["http"]


def test_a_pod_has_time_to_drain_before_it_is_killed() -> None:
    made = record_component(lambda: FraudApp("app", arguments()))
    pod = made["app-web"].inputs["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    settings = {one["name"]: one["value"] for one in container["env"]}
    notice = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert notice + float(settings["DRAIN_SECONDS"]) + 5 < pod["terminationGracePeriodSeconds"]
    assert float(settings["IDLE_SECONDS"]) > 60, "the load balancer keeps a connection for 60 s"


def test_pods_run_as_the_images_user() -> None:
    text = (ROOT / "app" / "Dockerfile").read_text()
    assert f"--uid {USER}" in text and f"\nUSER {USER}\n" in text


def test_dns_is_at_the_tenth_address_of_the_services() -> None:
    assert str(IPv4Network(DNS_ADDRESS).network_address) == str(IPv4Network(SERVICE_CIDR)[10])


HOST = "k8s-1.elb.amazonaws.com"
INCOMPLETE = (None, {}, {"loadBalancer": {}}, {"loadBalancer": {"ingress": []}}, {"loadBalancer": {"ingress": [{}]}})


@pytest.mark.parametrize(
    ("change", "status", "url"),
    [
        *((change, status, "") for change in ({}, TLS) for status in INCOMPLETE),
        ({}, {"loadBalancer": {"ingress": [{"hostname": HOST}]}}, f"http://{HOST}"),
        (TLS, {"loadBalancer": {"ingress": [{"hostname": HOST}]}}, "https://fraud.example.com"),
    ],
)
def test_the_url_has_the_hostname_or_the_load_balancers_name(
    change: dict[str, Any], status: Any, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> pulumi.Output[Any]:
        app = FraudApp("app", arguments(**change))
        return pulumi.Output.all(app.url, app.load_balancer_host)

    monkeypatch.setitem(fakes.OUTPUTS, INGRESS, {"status": lambda *_: status})
    assert record_component(build).result == [url, HOST if url else ""]


def test_the_kubeconfig_names_the_region() -> None:
    made = {"users": [{"name": "aws", "user": {"exec": {"command": "aws", "args": ["eks", "get-token"]}}}]}
    found = json.loads(cluster.with_region(json.dumps(made), "eu-west-1"))
    assert found["users"][0]["user"]["exec"]["args"] == ["eks", "get-token", "--region", "eu-west-1"]
    assert cluster.with_region(json.dumps(found), "eu-west-1") == json.dumps(found), "the region is added once"
