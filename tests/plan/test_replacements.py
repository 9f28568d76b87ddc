"""In production no change loses data: replacements are shown, and refused by protection."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from plan.commands import GOLDEN
from plan.diff import compare
from plan.golden import files
from plan.golden.form import Entry, Golden
from plan.golden.names import short_type
from plan.replacements import FORCE_NEW
from tests.plans import recorded

STATEFUL = (
    "aws:ebs/volume:Volume",
    "aws:redshift/cluster:Cluster",
    "aws:opensearch/domain:Domain",
    "confluentcloud:index/environment:Environment",
    "confluentcloud:index/kafkaCluster:KafkaCluster",
    "confluentcloud:index/kafkaTopic:KafkaTopic",
    "snowflake:index/database:Database",
    "snowflake:index/schema:Schema",
    "aws:kms/key:Key",
)
"""Types whose deletion loses data, or the key to it."""
PROD = files.read(GOLDEN, "prod")


def of_type(token: str) -> list[Entry]:
    return [entry for entry in PROD.entries.values() if entry.type == short_type(token)]


def stateful() -> list[Entry]:
    return [entry for token in STATEFUL for entry in of_type(token)]


def replacing() -> Iterator[tuple[str, str]]:
    for token in STATEFUL:
        for entry in of_type(token):
            yield from ((entry.path, key) for key in sorted(FORCE_NEW.get(token, ())))


def changed(entry: Entry, key: str) -> Golden:
    """The production plan with another value of one input."""
    other = dataclasses.replace(entry, inputs=entry.inputs | {key: "another"})
    return dataclasses.replace(PROD, entries=PROD.entries | {entry.path: other})


@pytest.mark.parametrize("token", STATEFUL)
def test_production_has_every_type(token: str) -> None:
    assert of_type(token), f"no {token} in prod: this file would not test it"


def test_every_type_has_known_replacements() -> None:
    unknown = [token for token in STATEFUL if not FORCE_NEW.get(token)]
    # A change of an environment's inputs never replaces it.
    assert unknown == ["confluentcloud:index/environment:Environment"], "add its replacing inputs to FORCE_NEW"


def test_deletion_in_production_leaves_a_snapshot_or_is_refused() -> None:
    (volume,) = of_type("aws:ebs/volume:Volume")
    assert volume.inputs["finalSnapshot"] is True
    (warehouse,) = of_type("aws:redshift/cluster:Cluster")
    assert warehouse.inputs["skipFinalSnapshot"] is False and warehouse.inputs["finalSnapshotIdentifier"]
    (cluster,) = of_type("eks:index:Cluster")
    assert cluster.inputs["deletionProtection"] is True
    (key,) = of_type("aws:kms/key:Key")
    assert key.inputs["deletionWindowInDays"] == 30
    (secret,) = of_type("aws:secretsmanager/secret:Secret")
    assert secret.inputs["recoveryWindowInDays"] == 30 and secret.options.get("protect")


@pytest.mark.parametrize("resource", stateful(), ids=lambda resource: resource.name)
def test_resources_with_data_are_protected(resource: Entry) -> None:
    assert resource.options.get("protect"), f"{resource.name} holds data: set protect in production"


@pytest.mark.parametrize(("path", "key"), list(replacing()))
def test_a_replacement_is_shown_and_refused(path: str, key: str) -> None:
    (change,) = compare(PROD, changed(PROD.entries[path], key))
    assert change.destroys, f"a change of {key} replaces it: the diff must say so"
    assert "[protected: pulumi up refuses]" in str(change), str(change)


def test_the_oracle_host_keeps_its_image_and_its_data_are_on_a_volume() -> None:
    """A newer machine image must not replace the host, and a replaced host must keep its database."""
    (host,) = recorded("prod").of_type("aws:ec2/instance:Instance")
    assert "ami" in host.options["ignoreChanges"]
    (attachment,) = recorded("prod").of_type("aws:ec2/volumeAttachment:VolumeAttachment")
    (volume,) = recorded("prod").of_type("aws:ebs/volume:Volume")
    assert volume.urn in attachment.dependencies
    assert host.urn not in volume.dependencies, "the volume must outlive the host"
