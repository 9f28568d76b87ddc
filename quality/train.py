"""`make train`: new weights of the score, from payment_score and payment_outcome as the warehouse has them.

Exports are CSV files with the columns of the two tables (docs/scoring.md). The report judges on the newest payments
what was learned from the older ones; the weights that are written are learned from all.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from components.contracts import CLEANED_OUTCOME, PAYMENT_SCORE, Table
from components.contracts.score import FOLDER, ScoreError, Terms, Weights, read_terms, read_weights
from quality import report
from quality.csv_table import CsvTable, DataError
from quality.labels import known
from quality.learn import FEATURES, TrainingError, check, learned, probability, write

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
    except (DataError, TrainingError, ScoreError) as error:
        print(f"No weights were written: {error}", file=sys.stderr)
        return 1
    return 0


def _report(
    rows: pd.DataFrame, fraud: pd.Series, terms: Terms, present: Weights, options: argparse.Namespace
) -> Iterator[str]:
    check(rows, fraud)
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
    """The payments whose outcome is known, by time, and whether each is a fraud. Raises DataError."""
    problems = list[str]()
    scored, told = (
        _export(file, table, problems) for file, table in ((scores, PAYMENT_SCORE), (outcomes, CLEANED_OUTCOME))
    )
    rows = pd.DataFrame({name: scored.numbers(name) for name in FEATURES}).assign(
        transaction_id=scored.ids("transaction_id"), event_time=scored.times("event_time")
    )
    labels = pd.DataFrame(
        {
            "transaction_id": told.ids("transaction_id"),
            "is_fraud": told.flags("is_fraud"),
            "known_at": told.times("known_at"),
        }
    )
    if problems:
        raise DataError("\n".join(problems))
    rows = rows.drop_duplicates("transaction_id", keep="first")
    payments = rows.rename(columns={"event_time": "tx_time"})
    fraud = known(payments, labels.sort_values("known_at", kind="stable"), labels.known_at.max())
    rows = rows[rows.transaction_id.isin(fraud.index)].sort_values("event_time", kind="stable", ignore_index=True)
    return rows, fraud.loc[rows.transaction_id].reset_index(drop=True)


def _export(file: Path, table: Table, problems: list[str]) -> CsvTable:
    return CsvTable(file, [column.name.lower() for column in table.published], problems)


def _id(text: str) -> str:
    """What scoreWeights takes as the name of the file."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,58}", text) or text == "terms":
        raise argparse.ArgumentTypeError(f"{text!r}: use a-z, 0-9, dots and dashes, at most 59, and not the name terms")
    return text


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make train", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--scores", type=Path, required=True, help="CSV export of the table payment_score")
    parser.add_argument("--outcomes", type=Path, required=True, help="CSV export of the table payment_outcome")
    parser.add_argument("--id", type=_id, required=True, help="name of the new weights, such as 2026-11-bank")
    parser.add_argument("--out", type=Path, help="the new file (default: flink_sql/score/ID.yaml)")
    parser.add_argument("--present", type=Path, default=FOLDER / "weights.yaml", help="the weights in use")
    options = parser.parse_args()
    options.out = options.out or FOLDER / f"{options.id}.yaml"
    return options


if __name__ == "__main__":
    np.seterr(over="ignore")
    sys.exit(main())
