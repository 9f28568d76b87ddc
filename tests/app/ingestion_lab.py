"""What the tests of the API share: keys, requests, answers."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

KEY, OUTCOMES_ONLY = "key-of-the-shop", "key-of-the-bank"
SCOPES = ["payments:write", "outcomes:write"]


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


CLIENTS = json.dumps(
    {
        "shop": {"sha256": digest(KEY), "scopes": SCOPES, "payments_per_second": 100_000},
        "bank": {"sha256": digest(OUTCOMES_ONLY), "scopes": ["outcomes:write"]},
    }
)


def payment(**fields: Any) -> dict[str, Any]:
    return {"account_id": 1, "amount": "12.50", "ip_address": "10.0.0.1"} | fields


def send(body: Any, *, to: str = "payments", key: str | None = None, **headers: str) -> Any:
    """`body`: bytes as they are, anything else as JSON. `key` is the Idempotency-Key, a new one by default."""
    from django.test import Client

    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    all_headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key or str(uuid.uuid4())} | headers
    content_type = all_headers.pop("Content-Type", "application/json")
    client = Client(raise_request_exception=False)
    return client.post(f"/api/v1/{to}", sent, content_type=content_type, headers=all_headers)


def problem(answer: Any, status: int) -> str:
    """The sentence of an answer that must be a problem with this status."""
    assert answer.status_code == status, (answer.status_code, answer.content)
    assert answer["Content-Type"] == "application/problem+json", answer["Content-Type"]
    body = answer.json()
    assert body["status"] == status and body["title"] and body["detail"] and body["type"] == "about:blank"
    return body["detail"]


def stored() -> int:
    from transactions.models import Transaction

    return Transaction.objects.count()
