"""A folder of payments and outcomes: read, checked, and written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from quality.csv_table import CsvTable, DataError

PAYMENTS, OUTCOMES = "transactions.csv", "labels_delayed.csv"
SCORES, ALERTS = "scores.csv", "alerts.csv"
COLUMNS = {
    PAYMENTS: ("transaction_id", "tx_time", "customer_id", "terminal_id", "amount"),
    OUTCOMES: ("transaction_id", "customer_id", "terminal_id", "amount", "is_fraud", "known_at"),
}
OPTIONAL = ("device_id", "ip_address", "latitude", "longitude", "payee_id")
"""What transactions.csv may have too, or leave empty. `payee_id` is an id as `customer_id` is, of whomever."""
LONGEST_DEVICE, LONGEST_ID = 64, 1_000


def read(folder: Path, *, written: Sequence[str] = ()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Payments and outcomes, each by time. Raises DataError with every problem; that the files `written` later cannot
    be, is one: scoring takes long.
    """
    problems = list[str]()
    payments = CsvTable(folder / PAYMENTS, COLUMNS[PAYMENTS], problems)
    outcomes = CsvTable(folder / OUTCOMES, COLUMNS[OUTCOMES], problems, may_be_empty=True)
    made = _common(payments).assign(tx_time=payments.times("tx_time"), **_optional(payments, problems))
    told = _common(outcomes).assign(is_fraud=outcomes.flags("is_fraud"), known_at=outcomes.times("known_at"))
    if not problems and made.transaction_id.duplicated().any():
        problems.append(f"{PAYMENTS}: transaction_id: some are there twice; each payment needs its own")
    if written and folder.is_dir() and not os.access(folder, os.W_OK):
        problems.append(
            f"{folder}: {' and '.join(written)} cannot be written there; give a folder that you may write to"
        )
    if problems:
        raise DataError("\n".join(problems))
    _number_accounts(made, told)
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


def _optional(table: CsvTable, problems: list[str]) -> dict[str, pd.Series]:
    latitude, longitude = table.degrees("latitude", 90), table.degrees("longitude", 180)
    if (half := latitude.isna() != longitude.isna()).any():
        line, count = int(half.to_numpy().argmax()) + 2, int(half.sum())
        problems.append(f"{PAYMENTS}:{line}: latitude and longitude belong together; give both ({count} such rows)")
    return {
        "device_id": table.texts("device_id", LONGEST_DEVICE),
        "ip_address": table.addresses("ip_address"),
        "latitude": latitude,
        "longitude": longitude,
        "payee_id": table.texts("payee_id", LONGEST_ID),
    }


def _number_accounts(made: pd.DataFrame, told: pd.DataFrame) -> None:
    """`account` and, of transfers, `payee`: numbers for the ids of customers and payees, which are of one space."""
    ids = pd.concat([made.customer_id, told.customer_id, made.payee_id])
    # A column of numbers with gaps is written as one of floats: 7 as 7.0.
    numbers = pd.factorize(ids.str.replace(r"^\s*([+-]?[0-9]+)(?:\.0*)?\s*$", r"\1", regex=True))[0]
    made["account"], told["account"], payees = np.split(numbers, [len(made), len(made) + len(told)])
    made["payee"] = pd.Series([number if number >= 0 else None for number in payees.tolist()], dtype=object)


def _by_time(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.sort_values(column, kind="stable", ignore_index=True)


def write_scores(scores: pd.DataFrame, folder: Path) -> Path:
    """`transaction_id,score` in the order of the payments."""
    file = folder / SCORES
    table = scores[["transaction_id", "probability"]].rename(columns={"probability": "score"})
    table.to_csv(file, index=False)
    return file


def write_alerts(alerts: pd.DataFrame, folder: Path) -> Path:
    """`transaction_id,rule_id,score,reason`, one row for each payment and rule that it broke."""
    file = folder / ALERTS
    alerts[["transaction_id", "rule_id", "score", "reason"]].to_csv(file, index=False)
    return file
