"""Simulated answers of providers: ids, computed outputs and look-ups. Deterministic.

Where a service fixes a format, the value has it, so a provider's own checks accept the plan. Everything else
follows one scheme: id `<name>-id`, text output `<name>-<output>`, numbers 0, lists and objects empty.
"""

from __future__ import annotations

import base64
import collections.abc as cabc
import hashlib
import typing
from collections.abc import Callable
from typing import Any

from pulumi import _types  # pyright: ignore[reportPrivateUsage] - output types have no public API

from plan import aws_ids, fakes_aws, fakes_link
from plan.aws_ids import Fake, Inputs, constant, uuid_of
from plan.fakes_aws import SECRET_PREFIX

ORGANIZATION = uuid_of("organization")
_CONFLUENT = "confluentcloud:index/"


def _environment_id(name: str) -> str:
    return f"env-{name}"


def _cluster_id(name: str) -> str:
    return f"lkc-{name}"


def _organization_crn() -> str:
    return f"crn://confluent.cloud/organization={ORGANIZATION}"


def _environment_crn(environment: str) -> str:
    return f"{_organization_crn()}/environment={environment}"


def _nested_id(inputs: Inputs, key: str) -> str:
    block: dict[str, Any] = inputs.get(key) or {}
    return str(block.get("id"))


def _cluster_crn(name: str, inputs: Inputs) -> str:
    cluster = _cluster_id(name)
    return f"{_environment_crn(_nested_id(inputs, 'environment'))}/cloud-cluster={cluster}"


def _cluster_host(name: str, inputs: Inputs) -> str:
    return f"{_cluster_id(name)}.{inputs.get('region')}.aws.confluent.cloud"


IDS: dict[str, Fake] = {
    **aws_ids.IDS,
    **fakes_link.IDS,
    f"{_CONFLUENT}environment:Environment": lambda name, _: _environment_id(name),
    f"{_CONFLUENT}kafkaCluster:KafkaCluster": lambda name, _: _cluster_id(name),
    f"{_CONFLUENT}serviceAccount:ServiceAccount": lambda name, _: f"sa-{name}",
    f"{_CONFLUENT}flinkComputePool:FlinkComputePool": lambda name, _: f"lfcp-{name}",
    f"{_CONFLUENT}connector:Connector": lambda name, _: f"lcc-{name}",
    f"{_CONFLUENT}apiKey:ApiKey": lambda name, _: base64.b32encode(hashlib.sha256(name.encode()).digest()).decode()[
        :16
    ],
}
"""Ids with the service's prefixes, so that patterns built from them look real."""

OUTPUTS: dict[str, dict[str, Fake]] = {
    **fakes_aws.OUTPUTS,
    **fakes_link.OUTPUTS,
    f"{_CONFLUENT}environment:Environment": {
        "resourceName": lambda name, _: _environment_crn(_environment_id(name)),
    },
    f"{_CONFLUENT}kafkaCluster:KafkaCluster": {
        "rbacCrn": _cluster_crn,
        "restEndpoint": lambda name, inputs: f"https://{_cluster_host(name, inputs)}:443",
        "bootstrapEndpoint": lambda name, inputs: f"SASL_SSL://{_cluster_host(name, inputs)}:9092",
        "apiVersion": constant("cmk/v2"),
        "kind": constant("Cluster"),
    },
    f"{_CONFLUENT}serviceAccount:ServiceAccount": {
        "apiVersion": constant("iam/v2"),
        "kind": constant("ServiceAccount"),
    },
    f"{_CONFLUENT}flinkComputePool:FlinkComputePool": {
        "apiVersion": constant("fcpm/v2"),
        "kind": constant("ComputePool"),
        "resourceName": lambda name, inputs: (
            f"{_environment_crn(_nested_id(inputs, 'environment'))}"
            f"/flink-region=AWS.{inputs.get('region')}/compute-pool=lfcp-{name}"
        ),
    },
    f"{_CONFLUENT}schema:Schema": {"schemaIdentifier": constant(1), "version": constant(1)},
    f"{_CONFLUENT}flinkStatement:FlinkStatement": {"latestOffsets": constant({})},
    f"{_CONFLUENT}connector:Connector": {"status": constant("RUNNING")},
    "random:index/randomId:RandomId": {
        "hex": lambda name, inputs: hashlib.sha256(name.encode()).hexdigest()[: 2 * int(inputs["byteLength"])],
    },
}

COMPLETED: dict[str, tuple[str, ...]] = fakes_link.COMPLETED
"""Wire names of the blocks to which the service adds keys of its own."""


def resource_id(token: str, name: str, inputs: Inputs) -> str:
    """The simulated id. `inputs` are plain values."""
    return str(IDS[token](name, inputs)) if token in IDS else f"{name}-id"


def output(token: str, wire_name: str, hint: Any, name: str, inputs: Inputs, *, secret: bool) -> Any:
    """The simulated value of one computed output. `inputs` are plain values, secrets unwrapped."""
    fake = OUTPUTS.get(token, {}).get(wire_name)
    if fake:
        return fake(name, inputs)
    if token.startswith("aws:") and hint is str and (value := fakes_aws.output(token, wire_name, name, inputs)):
        return value
    return _by_type(hint, f"{SECRET_PREFIX}{name}.{wire_name}" if secret else f"{name}-{wire_name}")


def _by_type(hint: Any, text: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (list, cabc.Sequence):
        return []
    if origin in (dict, cabc.Mapping) or (isinstance(hint, type) and _types.is_output_type(hint)):
        return {}
    return {str: text, bool: False, int: 0, float: 0.0}.get(hint)


def _schema_registry(args: Inputs) -> dict[str, Any]:
    environment = _nested_id(args, "environment")
    return {
        "id": "lsrc-plan",
        "apiVersion": "srcm/v3",
        "kind": "Cluster",
        "displayName": "Stream Governance Package",
        "environment": {"id": environment},
        "cloud": "AWS",
        "region": "us-east-1",
        "package": "ESSENTIALS",
        "restEndpoint": "https://psrc-plan.us-east-1.aws.confluent.cloud",
        "catalogEndpoint": "https://psrc-plan.us-east-1.aws.confluent.cloud",
        "privateRestEndpoint": "",
        "privateRegionalRestEndpoints": {"us-east-1": "https://lsrc-plan.us-east-1.aws.private.confluent.cloud"},
        "resourceName": f"{_environment_crn(environment)}/schema-registry=lsrc-plan",
    }


def _flink_region(args: Inputs) -> dict[str, Any]:
    cloud, region = str(args.get("cloud", "AWS")), str(args.get("region", "us-east-1"))
    host = f"https://flink.{region}.{cloud.lower()}"
    return {
        "id": f"{cloud}.{region}",
        "apiVersion": "fcpm/v2",
        "kind": "Region",
        "cloud": cloud,
        "region": region,
        "restEndpoint": f"{host}.confluent.cloud",
        "privateRestEndpoint": f"{host}.private.confluent.cloud",
    }


def _egress_addresses(args: Inputs) -> dict[str, Any]:
    """Addresses from ranges reserved for documentation (RFC 5737)."""
    wanted: dict[str, Any] = args.get("filter") or {}
    region = (wanted.get("regions") or ["us-east-1"])[0]
    addresses = [
        {
            "addressType": "EGRESS",
            "apiVersion": "networking/v1",
            "cloud": "AWS",
            "ipPrefix": prefix,
            "kind": "IpAddress",
            "region": region,
            "services": ["CONNECT"],
        }
        for prefix in ("192.0.2.10/32", "198.51.100.10/32")
    ]
    return {"id": "ip-addresses", "filter": wanted, "ipAddresses": addresses}


INVOKES: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    f"{_CONFLUENT}getSchemaRegistryCluster:getSchemaRegistryCluster": _schema_registry,
    f"{_CONFLUENT}getFlinkRegion:getFlinkRegion": _flink_region,
    f"{_CONFLUENT}getIpAddresses:getIpAddresses": _egress_addresses,
    f"{_CONFLUENT}getOrganization:getOrganization": lambda _: {"id": ORGANIZATION, "resourceName": _organization_crn()},
    **fakes_aws.INVOKES,
    **fakes_link.INVOKES,
}
"""Every look-up the program may make. Any other fails with its name, so misspelt calls fail too."""
