"""EncryptionKey: the window in which a deleted key can be recovered."""

from __future__ import annotations

import pytest

from components.encryption import EncryptionKeyArgs


@pytest.mark.parametrize("days", [6, 31])
def test_a_deleted_key_can_be_recovered_for_a_week_at_least_and_30_days_at_most(days: int) -> None:
    with pytest.raises(ValueError, match=f"deletion_window_days is {days}; set it to 7 to 30"):
        EncryptionKeyArgs(account_id="123456789012", region="us-east-1", deletion_window_days=days)
