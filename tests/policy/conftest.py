"""A fixed day, so that the end of a version's support does not fail the tests."""

from __future__ import annotations

import datetime

import pytest

from policy.controls import kubernetes

DAY = datetime.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kubernetes, "today", lambda: DAY)
