"""A folder of payments and outcomes: read, checked, and written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd

PAYMENTS, OUTCOMES, SCORES = "transactions.csv", "labels_delayed.csv", "scores.csv"
COLUMNS = {
    PAYMENTS: ("transaction_id", "tx_time", "customer_id", "terminal_id", "amount"),
    OUTCOMES: ("transaction_id", "customer_id", "terminal_id", "amount", "is_fraud", "known_at"),
}
TIMES = {PAYMENTS: "tx_time", OUTCOMES: "known_at"}
LARGEST, CENT = Decimal("9999999999.99"), Decimal("0.01")


class DataError(ValueError):
    """All problems of a folder, one per line: file, column, what is wrong, fix."""


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Payments and outcomes, each by time. Raises DataError with every problem."""
    problems = list[str]()
    tables = [_read(folder / name, problems) for name in COLUMNS]
    if not problems and tables[0].transaction_id.duplicated().any():
        problems.append(f"{PAYMENTS}: transaction_id: some are there twice; each payment needs its own")
    if problems:
        raise DataError("\n".join(problems))
    payments, outcomes = tables
    accounts = pd.factorize(pd.concat([payments.customer_id, outcomes.customer_id]))[0]
    payments["account"], outcomes["account"] = accounts[: len(payments)], accounts[len(payments) :]
    return payments, outcomes


def _read(file: Path, problems: list[str]) -> pd.DataFrame:
    name, before = file.name, len(problems)
    try:
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        problems.append(f"{name}: cannot be read ({error}); give a CSV file with {', '.join(COLUMNS[name])}")
        return pd.DataFrame()
    if lacking := [column for column in COLUMNS[name] if column not in table]:
        problems.append(f"{name}: no column {', '.join(lacking)}; the columns are {', '.join(COLUMNS[name])}")
        return pd.DataFrame()
    ids = pd.to_numeric(table.transaction_id, errors="coerce")
    odd = ids.isna() | (ids % 1 != 0) | (ids.abs() >= 10**18)
    _refuse(problems, name, table["transaction_id"], odd, "a whole number")
    amounts = pd.to_numeric(table.amount, errors="coerce")
    odd = amounts.isna() | (amounts.abs() > float(LARGEST))
    _refuse(problems, name, table["amount"], odd, f"a number up to {LARGEST}")
    column = TIMES[name]
    times = pd.to_datetime(table[column], utc=True, errors="coerce", format="ISO8601")
    _refuse(problems, name, table[column], times.isna(), "an ISO 8601 time, such as 2018-04-01T09:30:00Z")
    if name == OUTCOMES:
        said = table.is_fraud.str.lower().map({"1": True, "true": True, "0": False, "false": False})
        _refuse(problems, name, table["is_fraud"], said.isna(), "1 or 0")
        table["is_fraud"] = said
    if len(problems) > before:
        return pd.DataFrame()
    table["terminal_id"] = pd.Series([text or None for text in table.terminal_id], dtype=object)
    table["transaction_id"] = table.transaction_id.astype("int64")
    table["amount"] = pd.Series([Decimal(text).quantize(CENT) for text in table.amount], dtype=object)
    table[column] = times.dt.floor("ms")
    return table.sort_values(column, kind="stable", ignore_index=True)


def _refuse(problems: list[str], name: str, found: pd.Series, wrong: pd.Series, allowed: str) -> None:
    if wrong.any():
        line = int(wrong.to_numpy().argmax())
        told = f"{name}:{line + 2}: {found.name} is {found.iloc[line]!r}; allowed: {allowed}"
        problems.append(f"{told} ({int(wrong.sum())} such rows)")


def write_scores(scores: pd.DataFrame, folder: Path) -> Path:
    """`transaction_id,score` in the order of the payments."""
    file = folder / SCORES
    table = scores[["transaction_id", "probability"]].rename(columns={"probability": "score"})
    table.to_csv(file, index=False)
    return file
