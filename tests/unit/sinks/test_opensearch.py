"""OpenSearchTarget: masked passwords, other slots and nodes, and the domain's content, which no golden plan shows."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.contracts import FLAGGED_USER, FRAUD_ALERT, FRAUD_EPISODE
from components.contracts.search import mapping
from components.credential_slots import ALLOWED, CredentialSlots
from components.sinks.allow_list import admitted
from components.sinks.opensearch import dashboard
from components.sinks.opensearch.definition import definition
from components.sinks.opensearch.settings import OpenSearchSettings
from components.sinks.opensearch.setup import NEEDED
from components.sinks.opensearch.store import OpenSearchTarget, OpenSearchTargetArgs
from local.servers.opensearch import VERSION
from tests.unit.arguments import arguments
from tests.unit.recording import Recorded, record_component, secret

NAME = "fraud-dev-opensearch"


def args(**changes: Any) -> OpenSearchTargetArgs:
    wanted = {
        "confluent_prefixes": pulumi.Output.from_input(["192.0.2.10/32"]),
        "operator_cidrs": ["203.0.113.0/24"],
        "nat_addresses": ["198.51.100.7"],
    }
    return arguments(OpenSearchTargetArgs, OpenSearchSettings, **wanted | changes)


def deployed(**changes: Any) -> Recorded:
    def build() -> pulumi.Output[Any]:
        found = OpenSearchTarget(NAME, args(**changes)).connection
        return pulumi.Output.all(found.url, found.user, found.password, [one._name for one in found.ready])

    return record_component(build)


@pytest.mark.parametrize(
    ("prefixes", "message"),
    [
        ([], "Confluent reports no egress prefixes"),
        (["0.0.0.0/0"], "broader than a /16"),
        (["128.0.0.0/1"], "broader than a /16"),
    ],
)
def test_bad_prefixes_of_the_look_up_are_refused(prefixes: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        admitted(prefixes, ["203.0.113.0/24"], ["198.51.100.7"])


@pytest.mark.parametrize(("nodes", "zones"), [(2, 2), (4, 2), (6, 3)])
def test_several_nodes_are_spread_over_zones(nodes: int, zones: int) -> None:
    cluster = deployed(nodes=nodes)[f"{NAME}-domain"].inputs["clusterConfig"]
    assert (cluster["instanceCount"], cluster["zoneAwarenessEnabled"]) == (nodes, True)
    assert cluster["zoneAwarenessConfig"] == {"availabilityZoneCount": zones}


def test_the_default_engine_is_the_one_of_the_local_run() -> None:
    assert OpenSearchSettings().version == "OpenSearch_" + VERSION.rsplit(".", 1)[0]


@pytest.mark.parametrize("slots", ALLOWED)
def test_the_set_up_has_every_password_and_the_connector_the_active_one(slots: str) -> None:
    made = deployed(slots=CredentialSlots(slots))
    url, user, password, ready = made.result
    assert url.startswith(f"https://search-{NAME}-") and ready == [f"{NAME}-setup"]
    assert (user, password) == (f"cflt_sink_{slots[0]}", secret(f"{NAME}-password-{slots[0]}"))
    master = made.opened[f"{NAME}-domain"]["advancedSecurityOptions"]["masterUserOptions"]
    assert master == {"masterUserName": "fraud-master", "masterUserPassword": secret(f"{NAME}-password-master")}
    environment = made.opened[f"{NAME}-setup"]["environment"]
    assert set(environment) == set(NEEDED)
    passwords = {f"cflt_sink_{slot}": secret(f"{NAME}-password-{slot}") for slot in slots}
    assert json.loads(environment.pop("SINK_PASSWORDS")) == passwords
    assert environment == {
        "OPENSEARCH_URL": url,
        "OPENSEARCH_USER": "fraud-master",
        "OPENSEARCH_PASSWORD": secret(f"{NAME}-password-master"),
        "SINK_SLOTS": slots,
        "DATA_NODES": "1",
    }


def test_the_connector_may_only_write_its_indices() -> None:
    role = definition(CredentialSlots(), nodes=1)["role"]
    assert role["name"] == "cflt_sink"
    (indices,) = role["body"]["index_permissions"]
    assert indices["index_patterns"] == ["fraud_alert", "flagged_user", "fraud_episode"]
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
def test_the_indices_have_the_contracts_columns_and_a_replica_with_two_nodes(nodes: int, replicas: int) -> None:
    indices = definition(CredentialSlots(), nodes)["indices"]
    assert {name: index["mappings"] for name, index in indices.items()} == {
        table.topic: mapping(table) for table in (FRAUD_ALERT, FLAGGED_USER, FRAUD_EPISODE)
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
    tables = (FRAUD_ALERT, FLAGGED_USER, FRAUD_EPISODE)
    known = {table.topic: {column.name for column in table.published} for table in tables}
    for one in dashboard.saved_objects():
        if one["type"] == "dashboard":
            continue
        pattern = one["references"][0]["id"] if one["references"] else one["id"]
        assert columns_of(one) <= known[pattern], f"{one['id']} shows columns that {pattern} does not have"
        assert columns_of(one) or one["attributes"]["title"] in ("Alerts", "Flagged users"), (
            f"{one['id']} shows nothing"
        )


def test_counted_and_sorted_columns_are_not_prose() -> None:
    for one in dashboard.saved_objects():
        if one["type"] == "visualization":
            table = next(table for table in dashboard.INDEXED if table.topic == one["references"][0]["id"])
            properties = mapping(table)["properties"]
            assert all(properties[column]["type"] != "text" for column in columns_of(one)), one["id"]


def test_the_work_list_has_the_episodes_of_the_highest_score_first() -> None:
    (found,) = (one for one in dashboard.saved_objects() if one["id"] == "fraud-episodes")
    assert found["references"][0]["id"] == FRAUD_EPISODE.topic
    assert found["attributes"]["sort"] == [["score", "desc"], ["last_at", "desc"]]
    assert {"ACCOUNT_ID", "payments", "amount", "reasons"} <= set(found["attributes"]["columns"])


def test_the_dashboard_has_every_panel_and_references_only_earlier_objects() -> None:
    seen: set[tuple[str, str]] = set()
    for one in dashboard.saved_objects():
        assert {(found["type"], found["id"]) for found in one["references"]} <= seen, one["id"]
        assert (one["type"], one["id"]) not in seen, f"{one['id']} is repeated"
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
        ({"operator_cidrs": ["0.0.0.0/0"]}, "operator_cidrs has '0.0.0.0/0', which admits everyone"),
        ({"operator_cidrs": ["128.0.0.0/1"]}, "operator_cidrs has '128.0.0.0/1', which admits everyone"),
        ({"operator_cidrs": ["me"]}, "operator_cidrs has 'me'; write a network"),
    ],
)
def test_bad_arguments_name_field_and_fix(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        args(**change)


def test_an_invalid_domain_name_is_refused() -> None:
    with pytest.raises(ValueError, match="use 3 to 28 of a-z, 0-9 and -"):
        record_component(lambda: OpenSearchTarget("fraud-development-opensearch-domain", args()))
