"""Weights are learned from known labels alone, and the report can be judged by a reviewer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss

from components.contracts.score import FOLDER, read_terms, read_weights
from quality import labels, learn, report
from quality.learn import TrainingError

TERMS = read_terms()
SHIPPED = read_weights(TERMS, FOLDER / "weights.yaml")
DAY = pd.Timedelta(days=1)
BEGIN = pd.Timestamp("2026-01-01", tz="UTC")


def rows(count: int = 4_000, seed: int = 1) -> pd.DataFrame:
    draw = np.random.RandomState(seed)
    columns = {
        "amount": draw.gamma(1, 60, count).round(2),
        "known_payments": draw.uniform(0, 60, count),
        "times_usual": draw.gamma(2, 1, count),
        "large_lately": draw.poisson(0.2, count) * 0.7,
        "frauds_in_row": draw.poisson(0.3, count) * 1.0,
        "days_since_genuine": draw.uniform(0, 60, count),
        "frauds_lately": draw.poisson(0.3, count) * 0.9,
        "genuine_lately": draw.poisson(5, count) * 0.9,
    }
    return pd.DataFrame(columns)


def test_what_was_learned_comes_back_from_the_file(tmp_path: Path) -> None:
    found = rows()
    fraud = pd.Series(np.random.RandomState(2).uniform(size=len(found)) < learn.probability(found, TERMS, SHIPPED))
    new = learn.learned(found, fraud, TERMS, SHIPPED, name="new", source="test")
    learn.write(new, tmp_path / "new.yaml")
    assert read_weights(TERMS, tmp_path / "new.yaml") == new
    shipped, learned = (log_loss(fraud, learn.probability(found, TERMS, weights)) for weights in (SHIPPED, new))
    assert learned < shipped + 0.01, "it must explain the labels about as well as the weights that made them"


def test_the_amount_that_tells_frauds_apart_is_found() -> None:
    found = rows()
    fraud = found.amount >= 250
    new = learn.learned(found, fraud, TERMS, SHIPPED, name="new", source="test")
    assert new.features.largest_usual == new.terms["large_amount"].begin == pytest.approx(250, abs=3)


@pytest.mark.parametrize("frauds", [0, 49, 4_000])
def test_without_enough_frauds_nothing_is_learned(frauds: int) -> None:
    fraud = pd.Series([True] * frauds + [False] * (4_000 - frauds))
    with pytest.raises(TrainingError, match=f"{frauds} of them frauds; training needs at least 50"):
        learn.learned(rows(), fraud, TERMS, SHIPPED, name="new", source="test")


def test_a_feature_that_is_no_number_is_named() -> None:
    found = rows()
    found.loc[5, "times_usual"] = np.nan
    with pytest.raises(TrainingError, match="times_usual: not a number"):
        learn.learned(found, pd.Series([True, False] * 2_000), TERMS, SHIPPED, name="new", source="test")


def test_labels_are_no_younger_than_asked_for() -> None:
    payments = pd.DataFrame({"transaction_id": [1, 2, 3], "tx_time": [BEGIN, BEGIN, BEGIN + 9 * DAY]})
    told = pd.DataFrame(
        {
            "transaction_id": [1, 1, 2],
            "is_fraud": [False, True, True],
            "known_at": [BEGIN + n * DAY for n in (5, 6, 20)],
        }
    )
    known = labels.known(payments, told, BEGIN + 7 * DAY)
    assert known.to_dict() == {1: True, 2: False}, "the last outcome counts; long silence is genuine; the rest is open"
    assert labels.known(payments, told, BEGIN + 5 * DAY).to_dict() == {1: False, 2: False}
    assert labels.known(payments, told, BEGIN).empty


def test_the_report_counts_alerts() -> None:
    fraud, score = np.array([True, True, False, False]), np.array([0.95, 0.4, 0.8, 0.01])
    lines = list(report.thresholds(fraud, score, days=2))
    assert "| 0.9 | 0.5 | 1.000 | 0.500 |" in lines and "| 0.5 | 1.0 | 0.500 | 0.500 |" in lines
    assert "| 0.001 to 0.01 | 1 |" not in "\n".join(report.calibration(fraud, score))
    assert len(list(report.weights_table(TERMS, SHIPPED, SHIPPED))) == 3 + len(TERMS.terms)
