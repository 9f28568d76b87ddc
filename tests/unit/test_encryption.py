"""EncryptionKey: rotated, and opened to the account and to its own logs alone."""

from __future__ import annotations

import json

import pytest

from components.encryption import EncryptionKey, EncryptionKeyArgs
from tests.unit.recording import record_component

ACCOUNT, REGION = "123456789012", "us-east-1"


def build(*, protect: bool = False) -> None:
    EncryptionKey("k", EncryptionKeyArgs(account_id=ACCOUNT, region=REGION, protect=protect))


def test_only_the_account_and_its_own_logs_may_use_the_key() -> None:
    made = record_component(build)["k-key"].inputs
    administers, logs = json.loads(made["policy"])["Statement"]
    assert administers["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert logs["Principal"] == {"Service": f"logs.{REGION}.amazonaws.com"}
    assert not [action for action in logs["Action"] if action in ("kms:*", "kms:CreateGrant", "kms:PutKeyPolicy")]
    own = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"}
    assert logs["Condition"] == {"ArnLike": own}, "without it the logs of any account could use the key"


@pytest.mark.parametrize("protect", [True, False])
def test_the_key_is_rotated_and_kept_in_production(protect: bool) -> None:
    key = record_component(lambda: build(protect=protect))["k-key"]
    assert key.inputs["enableKeyRotation"] is True
    assert bool(key.options.get("protect")) is protect, "whatever it encrypts is lost with it"


@pytest.mark.parametrize("days", [6, 31])
def test_a_deleted_key_can_be_recovered_for_a_week_at_least_and_30_days_at_most(days: int) -> None:
    with pytest.raises(ValueError, match=f"deletion_window_days is {days}; set it to 7 to 30"):
        EncryptionKeyArgs(account_id=ACCOUNT, region=REGION, deletion_window_days=days)
