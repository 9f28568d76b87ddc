"""The schema registry of the run keeps ids after a kill, and refuses what the cloud refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError

from components.contracts import FLAGGED_USER, FRAUD_ALERT, schemas
from local.servers.children import Children
from local.servers.registry import Registry
from tests.local.sink_lab import kill

pytestmark = [pytest.mark.local, pytest.mark.timeout(240)]
SUBJECT = f"{FRAUD_ALERT.topic}-value"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("registry")
    (folder / "logs").mkdir()
    children = Children(folder)
    server = Registry(children)
    server.start()
    yield server
    server.stop()
    children.close()


def avro(text: str) -> Schema:
    return Schema(text, "AVRO")


def test_a_schema_keeps_its_id_when_the_registry_is_killed(registry: Registry) -> None:
    client = registry.client()
    alert = client.register_schema(SUBJECT, avro(schemas.avro_value(FRAUD_ALERT)))
    other = client.register_schema(f"{FLAGGED_USER.topic}-value", avro(schemas.avro_value(FLAGGED_USER)))
    assert alert != other
    kill(registry)
    registry.start()
    again = registry.client()
    assert again.register_schema(SUBJECT, avro(schemas.avro_value(FRAUD_ALERT))) == alert
    assert json.loads(again.get_schema(other).schema_str or "") == json.loads(schemas.avro_value(FLAGGED_USER))


def test_an_incompatible_schema_is_refused(registry: Registry) -> None:
    client = registry.client()
    text = schemas.avro_value(FRAUD_ALERT)
    client.register_schema(SUBJECT, avro(text))
    changed = json.loads(text)
    changed["fields"].append({"name": "currency", "type": "string"})
    with pytest.raises(SchemaRegistryError) as refused:
        client.register_schema(SUBJECT, avro(json.dumps(changed)))
    assert refused.value.http_status_code == 409
    assert "currency" in str(refused.value)
