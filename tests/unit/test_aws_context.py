"""AwsContext: CloudWatch's retention times."""

from __future__ import annotations

import pytest

from components.aws_context import AwsContext
from tests.unit.arguments import CONTEXT


@pytest.mark.parametrize("days", [-1, 0, 2, 10, 31, 3654])
def test_a_retention_that_cloudwatch_does_not_allow_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match=f"log_retention_days is {days}; set it to one of 1, 3"):
        AwsContext(**CONTEXT, log_retention_days=days)
