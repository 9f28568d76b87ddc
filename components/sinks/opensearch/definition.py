"""The content of an OpenSearch domain as data: role, users, indices, dashboard."""

from __future__ import annotations

from typing import Any

from ...contracts.search import mapping
from ...credential_slots import CredentialSlots
from .dashboard import INDEXED, saved_objects

ROLE = "cflt_sink"

# The sink connector reads the domain's version, checks that its index exists, and writes documents. The set-up creates
# the indices with the contracts' mapping; the connector can neither create, search nor delete one.
CLUSTER_ACTIONS = ("cluster:monitor/main", "indices:data/write/bulk")
INDEX_ACTIONS = (
    "indices:admin/get",
    "indices:admin/mappings/get",
    "indices:admin/mapping/put",
    "indices:data/write/bulk*",
    "indices:data/write/delete",
    "indices:data/write/index",
    "indices:data/write/update",
)


def user(slot: str) -> str:
    """The internal user of a slot, e.g. `cflt_sink_a`."""
    return f"{ROLE}_{slot}"


def definition(slots: CredentialSlots, nodes: int) -> dict[str, Any]:
    """Everything that the set-up creates in a domain with `nodes` data nodes, without secrets."""
    replicas = 0 if nodes == 1 else 1  # a single node cannot hold a replica
    return {
        "role": {"name": ROLE, "body": role()},
        "users": [user(slot) for slot in slots.names],
        "indices": {table.topic: {"settings": _settings(replicas), "mappings": mapping(table)} for table in INDEXED},
        "saved_objects": saved_objects(),
    }


def role() -> dict[str, Any]:
    """The connector's role, limited to its indices."""
    indices = {"index_patterns": [table.topic for table in INDEXED], "allowed_actions": list(INDEX_ACTIONS)}
    return {"cluster_permissions": list(CLUSTER_ACTIONS), "index_permissions": [indices], "tenant_permissions": []}


def _settings(replicas: int) -> dict[str, Any]:
    return {
        "number_of_replicas": replicas,
        "search.slowlog.threshold.query.warn": "2s",
        "indexing.slowlog.threshold.index.warn": "1s",
    }
