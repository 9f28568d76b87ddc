"""Order gates: resources that are created when the world has got as far as the next resources need.

A connector that is RUNNING has not yet written, so its schemas need not exist: Flink would find no table.
"""

from __future__ import annotations

import pulumi
from pulumi_command import local


def make_gate(
    name: str,
    kind: str,
    environment: dict[str, pulumi.Input[str]],
    connector_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """Run `python3 -m components.confluent.wait KIND`, which ends when the gate is open or its deadline has passed.

    `kind` is `connector` (the connector is RUNNING) or `subjects` (its schemas are in the registry). A connector that
    was replaced has a new `connector_id` and is waited for anew.
    """
    return local.Command(
        name,
        create=f"python3 -m components.confluent.wait {kind}",
        dir=".",
        environment=environment,
        triggers=[connector_id],
        opts=opts,
    )
