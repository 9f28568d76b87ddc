"""Pulumi mocks that keep every registration."""

from __future__ import annotations

from typing import Any

import pulumi

CLUSTER = "confluentcloud:index/kafkaCluster:KafkaCluster"


class Mocks(pulumi.runtime.Mocks):
    """Ids are `<name>-id`; every registration is kept in `made`, by name."""

    def __init__(self) -> None:
        self.made: dict[str, pulumi.runtime.MockResourceArgs] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.made[args.name] = args
        more = {"rbacCrn": "crn://cluster", "restEndpoint": "https://cluster"} if args.typ == CLUSTER else {}
        arn = {"arn": f"arn:aws:mock:us-east-1:123456789012:{args.name}"} if args.typ.startswith("aws:") else {}
        return f"{args.name}-id", {
            **args.inputs, "apiVersion": "v", "kind": "k", "resourceName": "crn://x", **arn, **more
        }  # fmt: skip

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        answer = {"id": "found", "apiVersion": "v", "kind": "k", "resourceName": "crn://found"}
        return answer | {"restEndpoint": "https://found", "displayName": "found"}
