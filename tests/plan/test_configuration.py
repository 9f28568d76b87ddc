"""Settings that no committed stack sets reach their resources; no golden plan shows them."""

from __future__ import annotations

import json

import pytest

from plan import Plan
from tests.plan.conftest import Configured

IMAGE = "registry.example/app@sha256:" + "7" * 64
ROLE = "arn:aws:iam::123456789012:role/operators"
CONFIGURATION = {
    "owner": "ledger-team",
    "vpcCidr": "10.77.0.0/16",
    "confluentEgressPrefixes": ["192.0.2.64/28"],
    "windowMinutes": 83,
    "burstCount": 57,
    "burstAmount": "1717.17",
    "largeAmount": "2929.29",
    "homePrefix": "10.99.",
    "stateTtlHours": 317,
    "oracleImage": "registry.example/oracle:21.9",
    "oracleProcessorLicenses": 8317,
    "redshiftNodeType": "ra3.xlplus",
    "redshiftDatabase": "lakehouse",
    "opensearchVersion": "OpenSearch_2.19",
    "snowflakeOrganization": "ORGANIC",
    "snowflakeAccount": "ACCOUNTANT",
    "snowflakeAdminUser": "DEPLOYER",
    "snowflakeAdminRole": "MAKER",
    "snowflakeDatabase": "CAUGHT",
    "snowflakeSchema": "RIVER",
    "kubernetesVersion": "1.36",
    "adminRoleArns": [ROLE],
    "appImage": IMAGE,
    "generatorRate": 911,
}
RULES = {"fd-dev-fraud", "fraud-dev-app-config"}
"""The statement, and the app, whose frauds follow the same figures."""
HOLDERS = {
    "ledger-team": {"dev-aws"},
    "10.77.0.0/16": {"fraud-dev-network-vpc", "fraud-dev-app-from-load-balancer", "fraud-dev-app-to-database"},
    "192.0.2.64/28": {
        "fraud-dev-network-confluent-egress",
        "fraud-dev-opensearch-domain",
        "fraud-dev-snowflake-from-confluent",
    },
    "4980000": {"fd-dev-fraud"},
    "more than 57'": {"fd-dev-fraud"},
    '"BURST_COUNT": "57"': {"fraud-dev-app-config"},
    "1717.17": RULES,
    "2929.29": RULES,
    "10.99.": RULES,
    "317 h": {"fd-dev-cleaned"},
    "registry.example/oracle:21.9": {"fraud-dev-oracle-bootstrap"},
    "8317": {"fd-dev-oracle-xstream"},
    "ra3.xlplus": {"fraud-dev-redshift-cluster"},
    "lakehouse": {
        "fd-dev-redshift",
        "fraud-dev-redshift-cluster",
        *(f"fraud-dev-redshift-sql-{step}" for step in ("procedure", "call", "password-a")),
    },
    "OpenSearch_2.19": {"fraud-dev-opensearch-domain"},
    "ORGANIC": {"dev-snowflake"},
    "ACCOUNTANT": {"dev-snowflake"},
    "DEPLOYER": {"dev-snowflake"},
    "MAKER": {"dev-snowflake"},
    "organic-accountant.snowflakecomputing.com": {"fd-dev-snowflake"},
    "CAUGHT_CFLT_SINK": {
        "fd-dev-snowflake",
        "fraud-dev-snowflake-sink-role",
        "fraud-dev-snowflake-sink-role-of-user",
        "fraud-dev-snowflake-sink-user",
        "fraud-dev-snowflake-sink-database",
        "fraud-dev-snowflake-sink-schema",
        "fraud-dev-snowflake-sink-flagged_user",
        "fraud-dev-snowflake-sink-fraud_alert",
        "fraud-dev-snowflake-sink-fraud_episode",
    },
    '"snowflake.schema.name": "RIVER"': {"fd-dev-snowflake"},
    '"version": "1.36"': {"fraud-dev-app-cluster", "fraud-dev-app-cluster-eksCluster"},
    ROLE: {
        "fraud-dev-app-cluster",
        "fraud-dev-app-cluster-operators",
        "fraud-dev-app-cluster-operators-admin",
    },
    IMAGE: {"fraud-dev-app-web", "fraud-dev-app-generator", "fraud-dev-app-seed"},
    '"--rate", "911"': {"fraud-dev-app-generator"},
}


@pytest.fixture(scope="module")
def plan(configured: Configured) -> Plan:
    return configured("dev", **CONFIGURATION)


@pytest.mark.parametrize("value", HOLDERS)
def test_a_setting_changes_only_its_resources(plan: Plan, value: str) -> None:
    found = {resource.name for resource in plan.resources if value in json.dumps(resource.inputs)}
    assert found == HOLDERS[value], f"{value}: pass the setting in stacks/, or correct this table"


def test_a_given_image_is_not_built(plan: Plan) -> None:
    assert not plan.of_type("docker-build:index:Image") and not plan.of_type("aws:ecr/repository:Repository")


def test_a_store_can_exist_without_its_connector(configured: Configured) -> None:
    plan = configured("dev", connectors=["opensearch"])
    connectors = {found.name for found in plan.of_type("confluentcloud:index/connector:Connector")}
    assert connectors == {"fd-dev-oracle-xstream", "fd-dev-opensearch"}
    assert plan.of_type("aws:redshift/cluster:Cluster") and plan.of_type("snowflake:index/database:Database")
