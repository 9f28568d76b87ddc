"""Flink finds each fraud that the app's buttons commit."""

from __future__ import annotations

import itertools
import random

import pytest

from tests.app.conftest import django  # noqa: F401 - the app's own code makes the payments
from tests.sql.conftest import Lab

pytestmark = pytest.mark.local
NUMBERS = itertools.count(1_900_000_000)
KINDS = ["burst_count", "burst_amount", "large_amount", "foreign_address", "impossible_travel", "card_testing"]
KINDS += ["structuring", "dormant_account", "new_device", "account_takeover", "mule_account"]


@pytest.mark.usefixtures("django")
def test_each_fraud_breaks_its_rule_and_no_other(lab: Lab) -> None:
    from transactions.frauds import KINDS as MADE

    assert set(KINDS) == set(MADE)
    committed = {(kind, seed): _commit(lab, kind, seed) for kind in KINDS for seed in range(3)}
    lab.settle()
    broken = {key: set(lab.rules(account)) - {"score"} for key, account in committed.items()}
    assert broken == {key: {key[0]} for key in committed}


def _commit(lab: Lab, kind: str, seed: int) -> int:
    from transactions.frauds import KINDS as MADE

    accounts = [lab.user() for _ in range(MADE[kind].accounts)]
    for payment in MADE[kind].make(random.Random(seed), accounts):
        lab.send_payment(
            next(NUMBERS),
            payment.account,
            str(payment.amount),
            lab.now - payment.ago,
            payment.address,
            TERMINAL_ID=payment.terminal,
            DEVICE_ID=payment.device,
            LATITUDE=payment.latitude,
            LONGITUDE=payment.longitude,
            PAYEE_ACCOUNT_ID=payment.payee,
        )
    return accounts[0]
