"""Whatever is sent to the API is answered with 201 or with a problem, never with a 500 or with HTML."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app.ingestion_lab import payment, send

FIELDS = [*payment(), "received_at", "terminal_id", "device_id", "latitude", "longitude", "payee_account_id"]
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
CHECKS += [HealthCheck.function_scoped_fixture]
LIMITS = settings(max_examples=150, deadline=None, suppress_health_check=CHECKS)
numbers = st.integers() | st.floats() | st.decimals(allow_nan=False).map(str)
anything: Any = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=10,
)
almost = st.dictionaries(st.sampled_from(FIELDS), anything).map(lambda changed: payment(**changed))


def check(answer: Any) -> None:
    if answer.status_code == 201:
        assert answer.json()["ids"]
        return
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.content)
    assert answer["Content-Type"] == "application/problem+json" and answer.json()["detail"]


@LIMITS
@given(st.binary(max_size=200))
def test_any_bytes(body: bytes) -> None:
    check(send(body))


@LIMITS
@given(anything | almost | st.lists(almost, max_size=3).map(lambda rows: {"payments": rows}))
def test_any_json(body: Any) -> None:
    check(send(json.dumps(body).encode()))


@LIMITS
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255), max_size=300), anything)
def test_any_key_and_outcome(key: str, body: Any) -> None:
    check(send(body, to="outcomes", key=key or " "))
