"""Confluent Cloud: cluster, topics, Flink pool, API keys."""

from __future__ import annotations

from dataclasses import dataclass

from components.confluent.cluster import AVAILABILITIES
from components.confluent.private_access import TYPES as PRIVATE_TYPES
from components.confluent.streaming import MOST_PARTITIONS
from components.credential_slots import CredentialSlots
from stacks.config import Reader


@dataclass(frozen=True, kw_only=True)
class Confluent:
    """`cku` counts for dedicated clusters only; a `private` cluster is reached through PrivateLink alone."""

    cluster_type: str
    availability: str
    cku: int
    governance: str
    partitions: int
    max_cfu: int
    slots: CredentialSlots
    private: bool


def read(reader: Reader) -> Confluent:
    """Read the section."""
    cluster_type = reader.choice("clusterType", tuple(AVAILABILITIES))
    confluent = Confluent(
        cluster_type=cluster_type,
        availability=reader.choice("availability", AVAILABILITIES.get(cluster_type, AVAILABILITIES["basic"])),
        cku=reader.integer("cku", 0, 152),
        governance=reader.choice("streamGovernance", ("ESSENTIALS", "ADVANCED")),
        partitions=reader.integer("partitions", 1, MOST_PARTITIONS),
        max_cfu=reader.integer("flinkMaxCfu", 5, 50, only=(5, 10, 20, 30, 40, 50)),
        slots=reader.slots("confluentSlots"),
        private=reader.choice("connectivity", ("public", "privatelink")) == "privatelink",
    )
    _check_cku(reader, confluent)
    _check_private(reader, confluent)
    return confluent


def _check_cku(reader: Reader, confluent: Confluent) -> None:
    if confluent.cluster_type != "dedicated":
        if confluent.cku:
            reader.refuse("cku", confluent.cku, f"0, as clusterType is {confluent.cluster_type}")
        return
    least = 2 if confluent.availability == "MULTI_ZONE" else 1
    if confluent.cku < least:
        reader.refuse("cku", confluent.cku, f"{least} or more for a dedicated {confluent.availability} cluster")


def _check_private(reader: Reader, confluent: Confluent) -> None:
    kind = confluent.cluster_type
    if confluent.private and kind not in PRIVATE_TYPES:
        allowed = f"public for a {kind} cluster; only {' and '.join(PRIVATE_TYPES)} ones can be private"
        reader.refuse("connectivity", "privatelink", allowed)
    if kind == "enterprise" and not confluent.private:
        reader.refuse("connectivity", "public", "privatelink: an enterprise cluster has no public endpoint")
