"""EncryptionKey: the deletion window."""

from __future__ import annotations

import pytest

from components.encryption import EncryptionKeyArgs


@pytest.mark.parametrize("days", [6, 31])
def test_the_deletion_window_is_7_to_30_days(days: int) -> None:
    with pytest.raises(ValueError, match=f"deletion_window_days is {days}; set it to 7 to 30"):
        EncryptionKeyArgs(account_id="123456789012", region="us-east-1", deletion_window_days=days)
