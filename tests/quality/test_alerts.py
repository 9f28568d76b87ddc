"""A world of typologies through the product's statements: every alert is there, and it can be judged."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from components.contracts.score import RULE_ID as SCORE
from quality import __main__ as command
from quality import data
from quality.typologies import table
from quality.typologies.judge import Verdict
from quality.typologies.simulation import World, simulate

pytestmark = [pytest.mark.local, pytest.mark.timeout(600)]

WORLD = World(seed=3, accounts=120, episodes=3)


def test_a_folder_gets_every_alert_of_its_payments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = simulate(WORLD)
    made = world.payments
    made.to_csv(tmp_path / data.PAYMENTS, index=False)
    (tmp_path / data.OUTCOMES).write_text(",".join(data.COLUMNS[data.OUTCOMES]) + "\n", encoding="utf-8")
    monkeypatch.setattr("quality.replay.RUN", "test-quality-alerts")  # a `make quality` may run meanwhile
    monkeypatch.setattr("sys.argv", ["quality", "--data", str(tmp_path), "--no-learn"])
    assert command.main() == 0

    alerts = pd.read_csv(tmp_path / data.ALERTS)
    scores = pd.read_csv(tmp_path / data.SCORES)
    assert alerts.columns.tolist() == ["transaction_id", "rule_id", "score", "reason"]
    assert not alerts.duplicated(["transaction_id", "rule_id"]).any() and alerts.reason.notna().all()
    assert alerts.transaction_id.is_monotonic_increasing, "in the order of the payments"
    found = {rule: set(rows.transaction_id) for rule, rows in alerts.groupby("rule_id")}
    amounts, addresses = made.amount.astype(float), made.ip_address.fillna("10.")
    assert found["large_amount"] == set(made[amounts >= 1_000].transaction_id)
    assert found["foreign_address"] == set(made[~addresses.str.startswith("10.")].transaction_id)
    assert found[SCORE] == set(scores[scores.score >= command.THRESHOLD].transaction_id)

    verdict = Verdict(world, alerts)
    assert verdict.figures("account_takeover").any_recall > 0.5
    assert any(line.startswith("| mule_account | ") for line in table.tables(verdict, WORLD))
