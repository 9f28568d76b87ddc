"""Systems that may send payments to the app: their keys, which the stack makes, and what the app knows of these."""

from __future__ import annotations

import hashlib

import pulumi
import pulumi_random as random
from pulumi import ResourceOptions

SCOPES = {"payments": "payments:write", "outcomes": "outcomes:write"}
CLIENT = rf"[a-z0-9][a-z0-9-]{{0,30}}(=({'|'.join(SCOPES)}))?"
KEY_LENGTH = 48


def name_of(client: str) -> str:
    return client.partition("=")[0]


def make_keys(name: str, clients: tuple[str, ...], opts: ResourceOptions) -> dict[str, pulumi.Output[str]]:
    """A key for each client, by name."""
    return {
        name_of(client): random.RandomPassword(
            f"{name}-api-{name_of(client)}", length=KEY_LENGTH, special=False, opts=opts
        ).result
        for client in clients
    }


def digests(clients: tuple[str, ...], keys: dict[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """API_KEYS, as app/ingestion/clients.py reads it: whoever sees it cannot send payments."""
    entries = {
        name_of(client): {"sha256": keys[name_of(client)].apply(_digest), "scopes": _scopes(client)}
        for client in clients
    }
    return pulumi.Output.json_dumps(entries, sort_keys=True)


def _scopes(client: str) -> list[str]:
    only = client.partition("=")[2]
    return [SCOPES[only]] if only else list(SCOPES.values())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
