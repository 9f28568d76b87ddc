from __future__ import annotations

import pulumi
import pytest

from tests.unit.mocks import Mocks


@pytest.fixture
def mocks() -> Mocks:
    found = Mocks()
    pulumi.runtime.set_mocks(found, project="fraud-detection", stack="test")
    return found
