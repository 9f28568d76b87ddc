"""The published protocol: how the Fraud Detection Handbook judges scores (chapters 4 and 5)."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

TRAIN_DAYS = DELAY_DAYS = TEST_DAYS = 7
FIRST_TESTS = (129, 136, 143, 150)
"""The four weeks: days from the beginning of the data on which the tests begin."""
CARDS = 100


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Area under the curve, average precision, and the share of frauds among the 100 most suspicious cards of a day."""

    auc: float
    average_precision: float
    card_precision: float


def four_weeks(payments: pd.DataFrame, score: pd.Series) -> Figures:
    """The mean of the four weeks; `payments` with `day`, `customer_id` and `is_fraud`, `score` by the same rows."""
    weeks = [astuple(week(payments, score, first)) for first in FIRST_TESTS]
    auc, precision, cards = np.mean(weeks, axis=0)
    return Figures(auc=float(auc), average_precision=float(precision), card_precision=float(cards))


def week(payments: pd.DataFrame, score: pd.Series, first: int) -> Figures:
    """One test week that begins on day `first`."""
    days = [tested(payments, first, day) for day in range(first, first + TEST_DAYS)]
    rows = np.concatenate(days)
    fraud, found = payments.is_fraud[rows], score[rows]
    return Figures(
        auc=float(roc_auc_score(fraud, found)),
        average_precision=float(average_precision_score(fraud, found)),
        card_precision=card_precision(payments, score, days),
    )


def trained(payments: pd.DataFrame, first: int) -> np.ndarray:
    """The rows that the book trains on for the test week."""
    begin = first - TRAIN_DAYS - DELAY_DAYS
    return np.asarray(payments.index[payments.day.between(begin, begin + TRAIN_DAYS - 1)])


def tested(payments: pd.DataFrame, first: int, day: int) -> np.ndarray:
    """The day's payments, without customers whose card is known to be compromised: from frauds of the training week,
    and from those of a delay before the day.
    """
    begin = first - TRAIN_DAYS - DELAY_DAYS
    known_until = day - DELAY_DAYS - 1
    frauds = payments[payments.is_fraud & payments.day.between(begin, max(known_until, begin + TRAIN_DAYS - 1))]
    rows = payments[payments.day == day]
    return np.asarray(rows.index[~rows.customer_id.isin(frauds.customer_id.unique())])


def card_precision(payments: pd.DataFrame, score: pd.Series, days: list[np.ndarray]) -> float:
    """The mean of the days, each an array of rows. A card that was found is blocked: it is nobody's find later."""
    found, shares = set[object](), list[float]()
    for rows in days:
        cards = payments.loc[rows, ["customer_id", "is_fraud"]].assign(score=score[rows])
        cards = cards[~cards.customer_id.isin(found)].groupby("customer_id").max()
        frauds = cards.nlargest(CARDS, "score").query("is_fraud").index
        found.update(frauds)
        shares.append(len(frauds) / CARDS)
    return float(np.mean(shares))
