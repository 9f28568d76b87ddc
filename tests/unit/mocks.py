"""Pulumi mocks that keep every registration, and how their inputs are read."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.runtime import rpc

from plan.fakes_kubernetes import named

COMPUTED: dict[str, dict[str, Any]] = {
    "confluentcloud:index/kafkaCluster:KafkaCluster": {"rbacCrn": "crn://cluster", "restEndpoint": "https://cluster"},
    # A remote component: one node, without its children.
    "eks:index:Cluster": {"kubeconfigJson": "{}", "clusterSecurityGroupId": "sg-cluster"},
}
"""Outputs that the services compute, by type."""


def is_secret(value: Any) -> bool:
    """Whether an input came as a secret, itself or something in it: mocks wrap the whole of it."""
    return isinstance(value, dict) and rpc._special_sig_key in value


def plain(value: Any) -> Any:
    """An input without the wrapper of a secret."""
    return value["value"] if is_secret(value) else value


class Mocks(pulumi.runtime.Mocks):
    """Ids are `<name>-id`; every registration is kept in `made`, by name."""

    def __init__(self) -> None:
        self.made: dict[str, pulumi.runtime.MockResourceArgs] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.made[args.name] = args
        arn = {"arn": f"arn:aws:mock:us-east-1:123456789012:{args.name}"} if args.typ.startswith("aws:") else {}
        outputs = named(args.typ, args.name, args.inputs)
        secret = {"result": f"{args.name}-generated"} if args.typ.startswith("random:") else {}
        computed = {"apiVersion": "v", "kind": "k", "resourceName": "crn://x", **arn, **secret}
        return f"{args.name}-id", {**computed, **COMPUTED.get(args.typ, {}), **outputs}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        answer = {"id": "found", "apiVersion": "v", "kind": "k", "resourceName": "crn://found"}
        return answer | {"restEndpoint": "https://found", "displayName": "found", "userName": "u", "password": "hush"}
