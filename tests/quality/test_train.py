"""`make train` as a platform engineer uses it: exports in, a weights file and a report out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from components.contracts import CLEANED_OUTCOME, PAYMENT_SCORE
from components.contracts.score import FOLDER, read_terms, read_weights
from quality import learn, train
from tests.quality.test_learn import rows

TERMS = read_terms()
BEGIN = pd.Timestamp("2026-01-01", tz="UTC")


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """The two tables as a warehouse exports them: names in upper case, times as text, flags as t and f."""
    found = rows(6_000)
    weights = read_weights(TERMS, FOLDER / "weights.yaml")
    fraud = np.random.RandomState(3).uniform(size=len(found)) < learn.probability(found, TERMS, weights)
    found["transaction_id"] = np.arange(len(found))
    found["event_time"] = BEGIN + pd.to_timedelta(found.index, unit="h")
    scores = found.reindex(columns=[column.name for column in PAYMENT_SCORE.published])
    told = pd.DataFrame(
        {
            "TRANSACTION_ID": found.transaction_id,
            "IS_FRAUD": np.where(fraud, "t", "f"),
            "KNOWN_AT": found.event_time + pd.Timedelta(days=7),
        }
    ).reindex(columns=[column.name for column in CLEANED_OUTCOME.published])
    scores.rename(columns=str.upper).to_csv(tmp_path / "scores.csv", index=False)
    told.to_csv(tmp_path / "outcomes.csv", index=False)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *more: str) -> int:
    files = ["--scores", str(folder / "scores.csv"), "--outcomes", str(folder / "outcomes.csv")]
    monkeypatch.setattr("sys.argv", ["train", *files, "--id", "bank-1", "--out", str(folder / "bank-1.yaml"), *more])
    return train.main()


def test_new_weights_are_written_and_judged_on_payments_that_they_were_not_learned_from(
    exports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, exports) == 0
    report = capsys.readouterr().out
    assert read_weights(TERMS, exports / "bank-1.yaml").id == "bank-1"
    for part in (
        "Learned from 6000 payments from 2026-01-01",
        "present weights: AUC",
        "learned from the older payments: AUC",
    ):
        assert part in report, part
    for head in ("## By threshold", "## Calibration", "## Weights", "## Drift"):
        assert head in report, head
    assert "| terminal_fraud | frauds in row 1 or more |" in report


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "scores.csv").unlink(), "scores.csv: cannot be read"),
        (
            lambda folder: (folder / "outcomes.csv").write_text("a,b\n1,2\n"),
            "outcomes.csv: no column id, transaction_id",
        ),
        (
            lambda folder: _changed(folder / "outcomes.csv", "IS_FRAUD", ""),
            "outcomes.csv:2: is_fraud is ''; allowed: 1 or 0",
        ),
        (lambda folder: _changed(folder / "outcomes.csv", "KNOWN_AT", "soon"), "outcomes.csv:2: known_at is 'soon'"),
        (lambda folder: _changed(folder / "scores.csv", "AMOUNT", "1,5"), "scores.csv:2: amount is '1,5'; allowed"),
        (
            lambda folder: _changed(folder / "outcomes.csv", "TRANSACTION_ID", "x"),
            "csv:2: transaction_id is 'x'",
        ),
        (lambda folder: _without_frauds(folder / "outcomes.csv"), "0 of them frauds; training needs at least 50"),
    ],
)
def test_what_cannot_be_learned_from_writes_nothing(
    exports: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: object,
    message: str,
) -> None:
    change(exports)  # type: ignore[operator]
    assert run(monkeypatch, exports) == 1
    assert message in capsys.readouterr().err
    assert not (exports / "bank-1.yaml").exists()


def _without_frauds(file: Path) -> None:
    pd.read_csv(file).assign(IS_FRAUD="f").to_csv(file, index=False)


def _changed(file: Path, column: str, value: str) -> None:
    found = pd.read_csv(file, dtype=str, keep_default_na=False)
    found.loc[0, column] = value
    found.to_csv(file, index=False)


@pytest.mark.parametrize("name", ["a b", "Bank", "../x", "terms", ""])
def test_an_id_that_scoreweights_would_not_take_is_refused(
    exports: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, exports, "--id", name)
    assert "use a-z, 0-9, dots and dashes" in capsys.readouterr().err
