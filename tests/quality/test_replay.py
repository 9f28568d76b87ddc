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
from quality.score import SHIPPED, Judged, scored
from quality.worlds import as_read
from tests.quality.features import features

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


@pytest.fixture(scope="module")
def whole() -> tuple[pd.DataFrame, pd.DataFrame, Judged]:
    """Payments, outcomes, and what the product says of them."""
    payments, outcomes = world(WORLD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("quality.replay.RUN", "test-quality")
        return payments, outcomes, scored(payments, outcomes, learning=False, say=lambda _: None)


def test_no_score_uses_what_became_known_later(
    beside: None,
    whole: tuple[pd.DataFrame, pd.DataFrame, Judged],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    payments, outcomes, judged = whole
    begin = payments.tx_time.iloc[0]
    flipped = outcomes.assign(is_fraud=outcomes.is_fraud ^ (outcomes.known_at >= begin + FLIPPED_FROM))
    cut = payments[payments.tx_time < begin + CUT_AT]
    cut[list(data.COLUMNS[data.PAYMENTS])].to_csv(tmp_path / data.PAYMENTS, index=False)
    flipped[list(data.COLUMNS[data.OUTCOMES])].to_csv(tmp_path / data.OUTCOMES, index=False)

    monkeypatch.setattr("sys.argv", ["quality", "--data", str(tmp_path), "--no-learn"])
    assert command.main() == 0
    agreed = f"Scores of the SQL against scikit-learn: {len(cut):,} payments, largest difference"
    assert agreed in (told := capsys.readouterr().out) and ", 0 above 1e-06" in told
    other = pd.read_csv(tmp_path / data.SCORES)

    assert other.transaction_id.tolist() == cut.transaction_id.tolist()
    before = (cut.tx_time < begin + FLIPPED_FROM).to_numpy()
    same = judged.scores.probability[: len(cut)].to_numpy() == other.score.to_numpy()
    assert same[before].all(), "a score used an outcome that was not known yet"
    assert not same[~before].all(), "the outcomes must matter to later scores, or this test shows nothing"


def test_the_sql_computes_what_scikit_learn_computes_of_the_features_in_the_document(
    whole: tuple[pd.DataFrame, pd.DataFrame, Judged],
) -> None:
    payments, outcomes, judged = whole
    found = judged.agreement
    assert (found.payments, found.beyond) == (len(payments), 0), found
    largest = read_weights(read_terms(), SHIPPED).features.largest_usual
    expected = features(payments, outcomes, [largest] * len(payments))
    told = judged.scores[list(expected.columns)].astype(float)
    pd.testing.assert_frame_equal(told, expected, check_dtype=False, rtol=1e-9, atol=1e-9)
    assert told.usual_amount.isna().sum() < len(told) / 5 and (told.frauds_in_row > 1).any()


def test_a_difference_ends_the_command_with_an_error_and_leaves_the_scores(
    beside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    payments, outcomes = world(World(seed=6, customers=3, terminals=20, days=4, radius=40))
    payments[list(data.COLUMNS[data.PAYMENTS])].to_csv(tmp_path / data.PAYMENTS, index=False)
    outcomes[list(data.COLUMNS[data.OUTCOMES])].to_csv(tmp_path / data.OUTCOMES, index=False)
    monkeypatch.setattr("quality.agreement.TOLERANCE", -1.0)  # so that each score differs too much
    monkeypatch.setattr("sys.argv", ["quality", "--data", str(tmp_path)])
    assert command.main() == 1
    assert f"{len(payments)} above -1e+00. The worst is payment" in capsys.readouterr().err
    assert (tmp_path / data.SCORES).exists()


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
