"""Two-slot API keys.

A refresh uses the credentials in state, so deleting a key before its successor is in use would lock the stack out
forever. Two slots prevent that (components/credential_slots.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent

from ..credential_slots import CredentialSlots


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The resource that a key gives access to: a Kafka cluster, a Schema Registry or a Flink region."""

    id: pulumi.Input[str]
    api_version: pulumi.Input[str]
    kind: pulumi.Input[str]


class KeySlots:
    """One `ApiKey` per slot; `id` and `secret` are the active slot's."""

    def __init__(
        self,
        name: str,
        *,
        account: confluent.ServiceAccount,
        resource: Owner,
        environment_id: pulumi.Input[str],
        slots: CredentialSlots,
        opts: pulumi.ResourceOptions,
    ) -> None:
        self.keys = {
            slot: confluent.ApiKey(
                f"{name}-{slot}",
                display_name=f"{name}-{slot}",
                owner=confluent.ApiKeyOwnerArgs(id=account.id, api_version=account.api_version, kind=account.kind),
                managed_resource=confluent.ApiKeyManagedResourceArgs(
                    id=resource.id,
                    api_version=resource.api_version,
                    kind=resource.kind,
                    environment=confluent.ApiKeyManagedResourceEnvironmentArgs(id=environment_id),
                ),
                opts=opts,
            )
            for slot in slots.names
        }
        self.id: pulumi.Output[str] = self.keys[slots.active].id
        self.secret: pulumi.Output[str] = pulumi.Output.secret(self.keys[slots.active].secret)
