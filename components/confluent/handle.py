"""ConfluentHandle: what the streaming layer needs to know of a ConfluentCluster, by value.

It comes from the component itself, or from another stack's outputs when the layers are stacks of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from ..connections import Connection


@dataclass(frozen=True, kw_only=True)
class ConfluentHandle(Connection):
    """Ids, endpoints and keys; `*_crn` are resource names, `*_secret` are secret outputs.

    `ready` must exist before a private endpoint answers.
    """

    organization_id: pulumi.Input[str]
    environment_id: pulumi.Input[str]
    environment_name: pulumi.Input[str]
    kafka_id: pulumi.Input[str]
    kafka_name: pulumi.Input[str]
    kafka_crn: pulumi.Input[str]
    kafka_rest_endpoint: pulumi.Input[str]
    kafka_key: pulumi.Input[str]
    kafka_secret: pulumi.Input[str]
    registry_id: pulumi.Input[str]
    registry_crn: pulumi.Input[str]
    registry_endpoint: pulumi.Input[str]
    registry_key: pulumi.Input[str]
    registry_secret: pulumi.Input[str]
    flink_pool_id: pulumi.Input[str]
    flink_endpoint: pulumi.Input[str]
    flink_key: pulumi.Input[str]
    flink_secret: pulumi.Input[str]
    runner_id: pulumi.Input[str]
    app_id: pulumi.Input[str]
    ready: Sequence[pulumi.Resource] = ()
