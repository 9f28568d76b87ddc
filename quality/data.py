"""A folder of payments and outcomes: read, checked, and written."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from quality.csv_table import CsvTable, DataError

PAYMENTS, OUTCOMES, SCORES = "transactions.csv", "labels_delayed.csv", "scores.csv"
COLUMNS = {
    PAYMENTS: ("transaction_id", "tx_time", "customer_id", "terminal_id", "amount"),
    OUTCOMES: ("transaction_id", "customer_id", "terminal_id", "amount", "is_fraud", "known_at"),
}


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Payments and outcomes, each by time. Raises DataError with every problem, a folder without room for the scores
    included: scoring takes long.
    """
    problems = list[str]()
    payments = CsvTable(folder / PAYMENTS, COLUMNS[PAYMENTS], problems)
    outcomes = CsvTable(folder / OUTCOMES, COLUMNS[OUTCOMES], problems, may_be_empty=True)
    made = _common(payments).assign(tx_time=payments.times("tx_time"))
    told = _common(outcomes).assign(is_fraud=outcomes.flags("is_fraud"), known_at=outcomes.times("known_at"))
    if not problems and made.transaction_id.duplicated().any():
        problems.append(f"{PAYMENTS}: transaction_id: some are there twice; each payment needs its own")
    if folder.is_dir() and not os.access(folder, os.W_OK):
        problems.append(f"{folder}: {SCORES} cannot be written there; give a folder that you may write to")
    if problems:
        raise DataError("\n".join(problems))
    accounts = pd.factorize(pd.concat([made.customer_id, told.customer_id]))[0]
    made["account"], told["account"] = accounts[: len(made)], accounts[len(made) :]
    return _by_time(made, "tx_time"), _by_time(told.astype({"is_fraud": bool}), "known_at")


def _common(table: CsvTable) -> pd.DataFrame:
    """What payments and outcomes have both. An empty terminal is none."""
    return pd.DataFrame(
        {
            "transaction_id": table.ids("transaction_id"),
            "customer_id": table.text.customer_id,
            "terminal_id": pd.Series([text or None for text in table.text.terminal_id], dtype=object),
            "amount": table.amounts("amount"),
        }
    )


def _by_time(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.sort_values(column, kind="stable", ignore_index=True)


def write_scores(scores: pd.DataFrame, folder: Path) -> Path:
    """`transaction_id,score` in the order of the payments."""
    file = folder / SCORES
    table = scores[["transaction_id", "probability"]].rename(columns={"probability": "score"})
    table.to_csv(file, index=False)
    return file
