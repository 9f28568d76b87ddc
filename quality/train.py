"""`make train`: new weights of the score, from payment_score and payment_outcome as the warehouse has them.

Exports are CSV files with the columns of the two tables (docs/scoring.md). The report judges on the newest payments
what was learned from the older ones; the weights that are written are learned from all.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from components.contracts import CLEANED_OUTCOME, PAYMENT_SCORE, Table
from components.contracts.score import FOLDER, ScoreError, Terms, Weights, read_terms, read_weights
from quality import report
from quality.labels import known
from quality.learn import FEATURES, TrainingError, learned, probability, write

TESTED_SHARE = 0.25
"""The newest part of the payments, which the report is about."""


def main() -> int:
    options = _options()
    terms = read_terms()
    try:
        present = read_weights(terms, options.present)
        rows, fraud = _rows(options.scores, options.outcomes)
        for line in _report(rows, fraud, terms, present, options):
            print(line)
    except (TrainingError, ScoreError) as error:
        print(f"No weights were written: {error}", file=sys.stderr)
        return 1
    return 0


def _report(
    rows: pd.DataFrame, fraud: pd.Series, terms: Terms, present: Weights, options: argparse.Namespace
) -> Iterator[str]:
    cut = rows.event_time.quantile(1 - TESTED_SHARE)
    older = rows.event_time < cut
    source = f"{len(rows)} payments from {rows.event_time.min():%Y-%m-%d} to {rows.event_time.max():%Y-%m-%d}"
    new = learned(rows, fraud, terms, present, name=options.id, source=source)
    challenger = learned(rows[older], fraud[older], terms, present, name=options.id, source=source)
    newest, truth = rows[~older], fraud[~older].to_numpy(bool)
    days = max((newest.event_time.max() - newest.event_time.min()).total_seconds() / 86400, 1.0)
    yield f"# Weights {options.id}\n"
    yield f"Learned from {source}; {int(fraud.sum())} frauds.\n"
    if truth.any() and not truth.all():
        scores = {"present weights": present, "learned from the older payments": challenger}
        found = {name: probability(newest, terms, weights) for name, weights in scores.items()}
        yield f"On the {len(newest)} payments from {cut:%Y-%m-%d} on, which neither learned from:\n"
        yield from (f"- {name}: {report.ranking(truth, score)}" for name, score in found.items())
        yield "\n## By threshold, learned weights\n"
        yield from report.thresholds(truth, found["learned from the older payments"], days)
        yield "\n## Calibration, learned weights\n"
        yield from report.calibration(truth, found["learned from the older payments"])
    else:
        yield f"The payments from {cut:%Y-%m-%d} on have no frauds, or nothing else: there are no figures to report."
    yield "\n## Weights\n"
    yield from report.weights_table(terms, present, new)
    yield "\n## Drift\n"
    yield from report.drift(rows, older, FEATURES)
    write(new, options.out)
    yield f"\nWritten to {options.out}; to use them, set scoreWeights to that name (docs/scoring.md)."


def _rows(scores: Path, outcomes: Path) -> tuple[pd.DataFrame, pd.Series]:
    """The payments whose outcome is known, by time, and whether each is a fraud."""
    rows = _export(scores, PAYMENT_SCORE).drop_duplicates("transaction_id", keep="first")
    told = _export(outcomes, CLEANED_OUTCOME)
    rows["event_time"] = pd.to_datetime(rows.event_time, utc=True, format="ISO8601")
    told["known_at"] = pd.to_datetime(told.known_at, utc=True, format="ISO8601")
    told["is_fraud"] = told.is_fraud.astype(str).str.lower().isin(("true", "t", "1"))
    payments = rows[["transaction_id"]].assign(tx_time=rows.event_time)
    fraud = known(payments, told.sort_values("known_at", kind="stable"), told.known_at.max())
    rows = rows[rows.transaction_id.isin(fraud.index)].sort_values("event_time", kind="stable", ignore_index=True)
    return rows, fraud.loc[rows.transaction_id].reset_index(drop=True)


def _export(file: Path, table: Table) -> pd.DataFrame:
    """A table of the warehouse, its columns in lower case."""
    try:
        found = pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise TrainingError(f"{file}: cannot be read ({error}); export the table {table.topic} as CSV") from None
    found.columns = [str(name).lower() for name in found.columns]
    if lacking := [column.name.lower() for column in table.published if column.name.lower() not in found]:
        raise TrainingError(f"{file}: no column {', '.join(lacking)}; export the whole table {table.topic}")
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make train", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--scores", type=Path, required=True, help="CSV export of the table payment_score")
    parser.add_argument("--outcomes", type=Path, required=True, help="CSV export of the table payment_outcome")
    parser.add_argument("--id", required=True, help="name of the new weights, such as 2026-11-bank")
    parser.add_argument("--out", type=Path, help="the new file (default: flink_sql/score/ID.yaml)")
    parser.add_argument("--present", type=Path, default=FOLDER / "weights.yaml", help="the weights in use")
    options = parser.parse_args()
    options.out = options.out or FOLDER / f"{options.id}.yaml"
    return options


if __name__ == "__main__":
    np.seterr(over="ignore")
    sys.exit(main())
