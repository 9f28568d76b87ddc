"""The probabilities of the SQL against those of scikit-learn, from the features in the same rows of payment_score."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from components.contracts.score import Terms, Weights
from quality.learn import FEATURES, matrix_of, shapes_of

TOLERANCE = 1e-6


class DisagreementError(ValueError):
    """The SQL computes other probabilities than scikit-learn; says how far apart, and where to look."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """`largest`: the largest difference; `beyond`: how many differ by more than TOLERANCE; `worst`: that row."""

    payments: int
    largest: float
    beyond: int
    worst: str

    def __str__(self) -> str:
        return (
            f"Scores of the SQL against scikit-learn: {self.payments:,} payments, "
            f"largest difference {self.largest:.1e}, {self.beyond:,} above {TOLERANCE:.0e}"
        )

    def check(self) -> None:
        """Raises DisagreementError when a difference is too large."""
        if self.beyond:
            raise DisagreementError(
                f"{self}. The worst is {self.worst}. Compare the SQL of the terms, written by "
                "components/contracts/score.py, with matrix_of in quality/learn.py"
            )


def agreement(rows: pd.DataFrame, terms: Terms, used: Iterable[Weights]) -> Agreement:
    """`rows` of payment_score; `used`: the weights that made them. A row of others, or without a number, differs."""
    difference, told = np.full(len(rows), np.inf), rows.probability.to_numpy(float)
    numbers = np.isfinite(rows[list(FEATURES)].to_numpy(float)).all(axis=1) & np.isfinite(told)
    for weights in used:
        its = numbers & (rows.weights_id == weights.id).to_numpy(bool)
        if its.any():
            difference[its] = np.abs(told[its] - pipeline(terms, weights).predict_proba(rows[its])[:, 1])
    worst = rows.iloc[int(difference.argmax())]
    shown = ", ".join(f"{name} {worst[name]}" for name in ("probability", "weights_id", *FEATURES))
    return Agreement(
        payments=len(rows),
        largest=float(difference.max()),
        beyond=int((difference > TOLERANCE).sum()),
        worst=f"payment {worst.transaction_id}: {shown}",
    )


def pipeline(terms: Terms, weights: Weights) -> Pipeline:
    """From rows of payment_score to probabilities, with these weights as if it had learned them."""
    model = LogisticRegression()
    model.classes_ = np.array([False, True])
    model.coef_ = np.array([[weights.terms[name].weight for name in terms.terms]])
    model.intercept_ = np.array([weights.intercept])
    values = FunctionTransformer(matrix_of, kw_args={"terms": terms, "shapes": shapes_of(weights)})
    return make_pipeline(values, model)
