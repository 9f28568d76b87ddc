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
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """Run `python -m components.confluent.wait KIND`, which ends when the gate is open or its deadline has passed.

    `kind` is `connector` (the connector is RUNNING) or `subjects` (its schemas are in the registry).
    """
    return local.Command(
        name,
        create=f"python -m components.confluent.wait {kind}",
        dir=".",
        environment=environment,
        triggers=sorted(environment),
        opts=opts,
    )
