"""OpenSearchTarget: who reaches the domain, how it is encrypted and logged, and what the set-up is told."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pulumi
import pytest

from components.contracts import FLAGGED_USER, FRAUD_ALERT
from components.contracts.search import mapping
from components.credential_slots import CredentialSlots
from components.sinks.allow_list import admitted
from components.sinks.opensearch import dashboard
from components.sinks.opensearch.definition import definition
from components.sinks.opensearch.settings import OpenSearchSettings
from components.sinks.opensearch.store import OpenSearchTarget, OpenSearchTargetArgs
from local.servers.opensearch import VERSION
from plan.aws_ids import digits
from tests.unit.arguments import KEY, arguments
from tests.unit.mocks import is_secret, plain
from tests.unit.sink_mocks import Deployment, deploy

NAME = "fraud-dev-opensearch"
ARN = f"arn:aws:es:us-east-1:123456789012:domain/{NAME}"


def args(**changes: Any) -> OpenSearchTargetArgs:
    wanted = {
        "confluent_prefixes": pulumi.Output.from_input(["192.0.2.10/32"]),
        "operator_cidrs": ["203.0.113.0/24"],
        "nat_addresses": ["198.51.100.7"],
    }
    return arguments(OpenSearchTargetArgs, OpenSearchSettings, **wanted | changes)


def deployed(**changes: Any) -> Deployment:
    return deploy(lambda: OpenSearchTarget(NAME, args(**changes)) and None)


def test_the_domain_is_encrypted_at_rest_and_on_every_wire() -> None:
    domain = deployed().only(":Domain")
    assert domain["encryptAtRest"] == {"enabled": True, "kmsKeyId": KEY}
    assert domain["nodeToNodeEncryption"] == {"enabled": True}
    endpoint = {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"}
    assert domain["domainEndpointOptions"] == endpoint
    assert domain["ebsOptions"] == {"ebsEnabled": True, "volumeType": "gp3", "volumeSize": 20}


def test_users_are_the_domain_s_own_and_nobody_is_anonymous() -> None:
    assert deployed().only(":Domain")["advancedSecurityOptions"] == {
        "enabled": True,
        "anonymousAuthEnabled": False,
        "internalUserDatabaseEnabled": True,
        "masterUserOptions": {
            "masterUserName": "fraud-master",
            "masterUserPassword": f"hush-{NAME}-password-master",
        },
    }


def test_only_the_given_networks_reach_the_domain() -> None:
    policy = json.loads(deployed().only(":Domain")["accessPolicies"])
    (statement,) = policy["Statement"]
    assert statement["Resource"] == f"{ARN}/*" and statement["Action"] == "es:ESHttp*"
    assert statement["Condition"] == {
        "IpAddress": {"aws:SourceIp": ["192.0.2.10/32", "198.51.100.7/32", "203.0.113.0/24"]}
    }, "principal * without aws:SourceIp would open the domain to everybody"


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        ([], "Confluent names no egress prefixes"),
        (["0.0.0.0/0"], "broader than a /16"),
        (["128.0.0.0/1"], "broader than a /16"),
    ],
)
def test_look_ups_that_would_close_or_open_a_store_are_refused(prefixes: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        admitted(prefixes, ["203.0.113.0/24"], ["198.51.100.7"])


def test_every_log_is_published_to_a_group_that_the_service_may_write() -> None:
    made = deployed()
    published = made.only(":Domain")["logPublishingOptions"]
    kinds = {"AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"}
    assert {one["logType"] for one in published if one["enabled"]} == kinds
    (rights,) = json.loads(made.only(":LogResourcePolicy")["policyDocument"])["Statement"]
    assert rights["Principal"] == {"Service": "es.amazonaws.com"}
    assert set(rights["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents", "logs:PutLogEventsBatch"}
    assert {f"{one['cloudwatchLogGroupArn']}:*" for one in published} == set(rights["Resource"])
    assert rights["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {"aws:SourceArn": ARN},
    }
    for name, group in made.of_type(":LogGroup").items():
        assert group["kmsKeyId"] == KEY and group["retentionInDays"] == 30, name
    assert f"{NAME}-logs" in made.options[f"{NAME}-domain"].depends_on, "the domain is refused without the policy"


def test_the_domain_is_given_time_and_updates_at_night() -> None:
    made = deployed()
    domain = made.only(":Domain")
    assert made.options[f"{NAME}-domain"].create_timeout == "90m"
    assert domain["softwareUpdateOptions"] == {"autoSoftwareUpdateEnabled": True}
    assert domain["offPeakWindowOptions"] == {
        "enabled": True,
        "offPeakWindow": {"windowStartTime": {"hours": 2, "minutes": 0}},
    }


@pytest.mark.parametrize(("count", "zones"), [(1, None), (2, 2), (3, 3), (4, 2), (6, 3)])
def test_several_nodes_are_spread_over_zones(count: int, zones: int | None) -> None:
    nodes = deployed(nodes=count).only(":Domain")["clusterConfig"]
    assert nodes["instanceCount"] == count and nodes["zoneAwarenessEnabled"] is (zones is not None)
    assert nodes.get("zoneAwarenessConfig", {}).get("availabilityZoneCount") == zones


def test_every_resource_is_a_child_of_the_component() -> None:
    options = deployed(slots=CredentialSlots("ab")).options
    strangers = {name for name, one in options.items() if one.parent != NAME} - {"fraud-detection-test"}
    assert strangers == {NAME}, "without a parent it has neither its providers nor its place"


@pytest.mark.parametrize("protect", [True, False])
def test_the_domain_alone_is_protected(protect: bool) -> None:
    protected = {name for name, options in deployed(protect=protect).options.items() if options.protect}
    assert protected == ({f"{NAME}-domain"} if protect else set())


def test_the_engine_is_the_one_that_the_local_run_tests() -> None:
    assert deployed().only(":Domain")["engineVersion"] == "OpenSearch_" + VERSION.rsplit(".", 1)[0]


@pytest.mark.parametrize("text", ["a", "ab", "ba", "b"])
def test_the_set_up_is_told_each_user_s_password_and_the_connector_the_active_one(text: str) -> None:
    found: list[Any] = []

    def program() -> Any:
        target = OpenSearchTarget(NAME, args(slots=CredentialSlots(text)))
        found.extend([target.connection.user, [ready._name for ready in target.connection.ready]])
        return pulumi.Output.all(target.connection.url, target.connection.password).apply(found.extend)

    made = deploy(program)
    assert found == [
        f"cflt_sink_{text[0]}",
        [f"{NAME}-setup"],
        f"https://search-{NAME}-{digits(f'{NAME}-domain', 26)}.us-east-1.es.amazonaws.com",
        f"hush-{NAME}-password-{text[0]}",
    ]
    assert is_secret(made[f"{NAME}-setup"]["environment"]), "a password of the set-up is no secret any more"
    environment = plain(made[f"{NAME}-setup"]["environment"])
    assert environment["OPENSEARCH_URL"] == found[2] and environment["OPENSEARCH_USER"] == "fraud-master"
    assert (environment["SINK_SLOTS"], environment["DATA_NODES"]) == (text, "1")
    passwords = {f"cflt_sink_{slot}": f"hush-{NAME}-password-{slot}" for slot in text}
    assert json.loads(environment["SINK_PASSWORDS"]) == passwords
    assert environment["OPENSEARCH_PASSWORD"] == f"hush-{NAME}-password-master"


def test_a_changed_definition_and_a_new_domain_are_set_up_again() -> None:
    command = deployed()[f"{NAME}-setup"]
    text = json.dumps(definition(CredentialSlots(), nodes=1), sort_keys=True)
    assert command["triggers"] == [hashlib.sha256(text.encode()).hexdigest(), f"123456789012/{NAME}"]
    assert command["create"] == ".venv/bin/python -m components.sinks.opensearch.setup"


def test_the_connector_may_write_its_two_indices_and_no_more() -> None:
    role = definition(CredentialSlots(), nodes=1)["role"]
    assert role["name"] == "cflt_sink"
    (indices,) = role["body"]["index_permissions"]
    assert indices["index_patterns"] == ["fraud_alert", "flagged_user"]
    assert set(indices["allowed_actions"]) == {
        "indices:admin/get",
        "indices:admin/mappings/get",
        "indices:admin/mapping/put",
        "indices:data/write/bulk*",
        "indices:data/write/delete",
        "indices:data/write/index",
        "indices:data/write/update",
    }
    assert set(role["body"]["cluster_permissions"]) == {"cluster:monitor/main", "indices:data/write/bulk"}


@pytest.mark.parametrize(("nodes", "replicas"), [(1, 0), (2, 1), (3, 1)])
def test_the_indices_have_the_contracts_columns_and_a_copy_where_there_is_a_second_node(
    nodes: int, replicas: int
) -> None:
    indices = definition(CredentialSlots(), nodes)["indices"]
    assert {name: index["mappings"] for name, index in indices.items()} == {
        table.topic: mapping(table) for table in (FRAUD_ALERT, FLAGGED_USER)
    }
    assert {index["settings"]["number_of_replicas"] for index in indices.values()} == {replicas}


def columns_of(one: dict[str, Any]) -> set[str]:
    attributes = one["attributes"]
    match one["type"]:
        case "visualization":
            aggregations = json.loads(attributes["visState"])["aggs"]
            return {found["params"]["field"] for found in aggregations if "field" in found["params"]}
        case "search":
            return {*attributes["columns"], *(column for column, _ in attributes["sort"])}
        case "index-pattern":
            return {attributes["timeFieldName"]}
    return set()


def test_every_column_of_the_dashboard_is_in_the_contract() -> None:
    known = {table.topic: {column.name for column in table.published} for table in (FRAUD_ALERT, FLAGGED_USER)}
    for one in dashboard.saved_objects():
        if one["type"] == "dashboard":
            continue
        pattern = one["references"][0]["id"] if one["references"] else one["id"]
        assert columns_of(one) <= known[pattern], f"{one['id']} shows columns that {pattern} has not"
        assert columns_of(one) or one["attributes"]["title"] in ("Alerts", "Flagged users"), (
            f"{one['id']} shows nothing"
        )


def test_what_is_counted_or_sorted_is_not_prose() -> None:
    for one in dashboard.saved_objects():
        if one["type"] == "visualization":
            properties = mapping(FRAUD_ALERT)["properties"] | mapping(FLAGGED_USER)["properties"]
            assert all(properties[column]["type"] != "text" for column in columns_of(one)), one["id"]


def test_the_dashboard_shows_every_panel_and_refers_only_to_what_is_imported_before_it() -> None:
    seen: set[tuple[str, str]] = set()
    for one in dashboard.saved_objects():
        assert {(found["type"], found["id"]) for found in one["references"]} <= seen, one["id"]
        assert (one["type"], one["id"]) not in seen, f"{one['id']} is there twice"
        seen.add((one["type"], one["id"]))
    board = dashboard.saved_objects()[-1]
    panels = json.loads(board["attributes"]["panelsJSON"])
    assert {found["name"] for found in board["references"]} == {panel["panelRefName"] for panel in panels}
    shown = {(found["type"], found["id"]) for found in board["references"]}
    assert shown == {found for found in seen if found[0] in ("visualization", "search")}


def test_no_two_panels_overlap() -> None:
    places = [panel["gridData"] for panel in json.loads(dashboard.saved_objects()[-1]["attributes"]["panelsJSON"])]
    cells = [(x, y) for p in places for x in range(p["x"], p["x"] + p["w"]) for y in range(p["y"], p["y"] + p["h"])]
    assert len(cells) == len(set(cells)) and max(x for x, _ in cells) < 48


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"operator_cidrs": []}, "operator_cidrs is empty; name the addresses of people"),
        ({"operator_cidrs": ["0.0.0.0/0"]}, "operator_cidrs has '0.0.0.0/0', which admits everybody"),
        ({"operator_cidrs": ["128.0.0.0/1"]}, "operator_cidrs has '128.0.0.0/1', which admits everybody"),
        ({"operator_cidrs": ["me"]}, "operator_cidrs has 'me'; write a network"),
    ],
)
def test_bad_arguments_name_field_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        args(**change)


def test_a_name_that_no_domain_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="take 3 to 28 of a-z, 0-9 and -"):
        deploy(lambda: OpenSearchTarget("fraud-development-opensearch-domain", args()) and None)
