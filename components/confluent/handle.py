"""ConfluentHandle: the values of a ConfluentCluster that the streaming layer needs.

They come from the component or, if each layer is its own stack, from the other stack's outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from ..connections import Connection


@dataclass(frozen=True, kw_only=True)
class ConfluentHandle(Connection):
    """`*_crn` are resource names, `*_secret` are secret outputs.

    A private endpoint answers once the resources in `ready` exist.
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
