"""A history through the product's statements on real Flink: nothing from the future, and other weights on the way."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from components.contracts.score import read_terms, read_weights
from quality import __main__ as command
from quality import data, learn
from quality.handbook import World, simulate
from quality.phases import phases
from quality.replay import replay
from quality.score import SHIPPED, scored
from quality.worlds import as_read

pytestmark = [pytest.mark.local, pytest.mark.timeout(600)]

WORLD = World(seed=5, customers=150, terminals=60, days=20, radius=25, terminal_days=7)
FLIPPED_FROM, CUT_AT = pd.Timedelta(days=12), pd.Timedelta(days=16)


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, so that a `make quality` may run meanwhile."""
    monkeypatch.setattr("quality.replay.RUN", "test-quality")


def world(of: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    payments = simulate(of)
    columns = ["transaction_id", "customer_id", "terminal_id", "amount", "is_fraud"]
    outcomes = payments[columns].assign(known_at=payments.tx_time + pd.Timedelta(days=3))
    return as_read(payments), as_read(outcomes)


def test_no_score_uses_what_became_known_later(beside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    payments, outcomes = world(WORLD)
    begin = payments.tx_time.iloc[0]
    flipped = outcomes.assign(is_fraud=outcomes.is_fraud ^ (outcomes.known_at >= begin + FLIPPED_FROM))
    cut = payments[payments.tx_time < begin + CUT_AT]
    cut[list(data.COLUMNS[data.PAYMENTS])].to_csv(tmp_path / data.PAYMENTS, index=False)
    flipped[list(data.COLUMNS[data.OUTCOMES])].to_csv(tmp_path / data.OUTCOMES, index=False)

    whole = scored(payments, outcomes, learning=False, say=lambda _: None).scores
    monkeypatch.setattr("sys.argv", ["quality", "--data", str(tmp_path), "--no-learn"])
    assert command.main() == 0
    other = pd.read_csv(tmp_path / data.SCORES)

    assert other.transaction_id.tolist() == cut.transaction_id.tolist()
    before = (cut.tx_time < begin + FLIPPED_FROM).to_numpy()
    same = whole.probability[: len(cut)].to_numpy() == other.score.to_numpy()
    assert same[before].all(), "a score used an outcome that was not known yet"
    assert not same[~before].all(), "the outcomes must matter to later scores, or this test shows nothing"
    terms = read_terms()
    computed = learn.probability(whole, terms, read_weights(terms, SHIPPED))
    assert abs(computed - whole.probability).max() <= 1e-6, "the SQL and the terms in Python differ"


def test_other_weights_take_over_without_a_gap(beside: None, tmp_path: Path) -> None:
    payments, outcomes = world(World(seed=6, customers=30, terminals=20, days=6, radius=40))
    for table in (payments, outcomes):
        table["transaction_id"] = -1 - table.transaction_id  # where the ids of probes would be
    terms = read_terms()
    learn.write(read_weights(terms, SHIPPED).model_copy(update={"id": "challenger"}), tmp_path / "challenger.yaml")
    found = list(phases(payments, outcomes))
    half = len(found) // 2
    with replay(SHIPPED, probe_ids_below=int(payments.transaction_id.min())) as running:
        for phase in found[:half]:
            running.send(payments, outcomes, phase)
        running.cut_over(tmp_path / "challenger.yaml")
        for phase in found[half:]:
            running.send(payments, outcomes, phase)
        rows = running.table()

    cut = sum(len(phase.payments) for phase in found[:half])
    assert len(rows) == len(payments) and rows.transaction_id.is_unique, "each payment must have one score"
    assert set(rows.weights_id[cut:]) == {"challenger"} and "challenger" not in set(rows.weights_id[:cut])
    last, number = rows.drop_duplicates("ACCOUNT_ID", keep="last"), rows.ACCOUNT_ID[cut:].value_counts()
    counted = last.known_payments.to_numpy() > number.reindex(last.ACCOUNT_ID, fill_value=0).to_numpy()
    assert counted.any(), "the new weights must go on with what was counted before"
