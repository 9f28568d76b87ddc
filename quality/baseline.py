"""What the Fraud Detection Handbook publishes: logistic regression on its features (chapter 3), trained on a week."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from quality import protocol
from quality.protocol import Figures

WINDOWS = (1, 7, 30)
"""Days that the book's features look back."""
NIGHT_ENDS = 6
SATURDAY = 5


def four_weeks(payments: pd.DataFrame, told: pd.Series) -> Figures:
    """The mean of the four weeks; `told`: the label of each payment as it becomes known a week later."""
    matrix = features(payments, told)
    figures = list[tuple[float, ...]]()
    for first in protocol.FIRST_TESTS:
        rows = protocol.trained(payments, first)
        scaler = StandardScaler().fit(matrix[rows])
        model = LogisticRegression(max_iter=1000).fit(scaler.transform(matrix[rows]), told.to_numpy(bool)[rows])
        score = pd.Series(model.decision_function(scaler.transform(matrix)), index=payments.index)
        figures.append(astuple(protocol.week(payments, score, first)))
    auc, precision, cards = np.mean(figures, axis=0)
    return Figures(auc=float(auc), average_precision=float(precision), card_precision=float(cards))


def features(payments: pd.DataFrame, told: pd.Series) -> np.ndarray:
    """Amount, weekend, night; per customer number and mean amount; per terminal number and share of frauds."""
    amounts = payments.amount.astype(float)
    columns: list[pd.Series] = [
        amounts,
        (payments.tx_time.dt.weekday >= SATURDAY).astype(float),
        (payments.tx_time.dt.hour <= NIGHT_ENDS).astype(float),
    ]
    table = pd.DataFrame(
        {
            "amount": amounts,
            "fraud": told.astype(float),
            "customer": payments.customer_id,
            "terminal": payments.terminal_id,
        }
    )
    table.index = pd.DatetimeIndex(payments.tx_time)
    for _, rows in _rolled(table, "customer", "amount", list(WINDOWS)):
        columns += [rows["count"], rows["sum"] / rows["count"]]
    delayed = [protocol.DELAY_DAYS, *(protocol.DELAY_DAYS + days for days in WINDOWS)]
    (_, before), *windows = _rolled(table, "terminal", "fraud", delayed)
    for _, rows in windows:
        number, frauds = rows["count"] - before["count"], rows["sum"] - before["sum"]
        columns += [number, (frauds / number.where(number > 0)).fillna(0.0)]
    return np.column_stack([column.to_numpy(float) for column in columns])


def _rolled(table: pd.DataFrame, key: str, value: str, days: list[int]) -> list[tuple[int, pd.DataFrame]]:
    """Count and sum of each key's rows of the last days, in the order of the table."""
    place = np.argsort(table[key].to_numpy(), kind="stable")
    found = list[tuple[int, pd.DataFrame]]()
    for window in days:
        rolled = table.groupby(key, sort=True)[value].rolling(f"{window}D").agg(["count", "sum"])
        rows = pd.DataFrame(rolled.to_numpy(), columns=["count", "sum"]).set_axis(place).sort_index()
        found.append((window, rows))
    return found
