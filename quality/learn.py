"""Learns the weights of the score from rows of payment_score and what became known of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from components.contracts.score import HALF, VERSION, Term, Terms, Weights

FEATURES = (
    "amount",
    "known_payments",
    "times_usual",
    "large_lately",
    "frauds_in_row",
    "days_since_genuine",
    "frauds_lately",
    "genuine_lately",
)
"""Columns of payment_score that terms are computed from."""
LEAST_FRAUDS = 50
"""Fewer say too little of fifteen terms: ten or more cases a term is the usual rule, and frauds overlap in a few."""
LEARNED = ("large_amount", "amount")
"""Terms whose amounts belong to the bank: where the first begins and the second ends is learned too."""
RARE = 0.95
# The penalty of scikit-learn's default, on standardized terms.
REGULARIZATION = 1.0


class TrainingError(ValueError):
    """Nothing can be learned from the rows; says why and what to do."""


def learned(rows: pd.DataFrame, fraud: pd.Series, terms: Terms, present: Weights, *, name: str, source: str) -> Weights:
    """New weights, with `present` as what is not learned.

    Args:
        rows: Columns of payment_score.
        fraud: Whether each row turned out to be a fraud.
        name, source: The weights' `id` and `trained_on`.

    Raises:
        TrainingError: too few frauds, no genuine payment, or a feature that is no number.
    """
    check(rows, fraud)
    large_amount = _large_amount(rows, fraud)
    shapes = _shapes(terms, present, large_amount)
    values = StandardScaler()
    matrix = values.fit_transform(matrix_of(rows, terms, shapes))
    model = LogisticRegression(C=REGULARIZATION, max_iter=3000).fit(matrix, fraud)
    weights = model.coef_[0] / values.scale_
    intercept = model.intercept_[0] - float((weights * values.mean_).sum())
    return Weights.model_validate(
        {
            "version": VERSION,
            "id": name,
            "trained_on": source,
            "features": {"largest_usual": large_amount},
            "intercept": float(intercept),
            "terms": {
                term: {**shapes[term], "weight": float(weight)}
                for term, weight in zip(terms.terms, weights, strict=True)
            },
        }
    )


def probability(rows: pd.DataFrame, terms: Terms, weights: Weights) -> np.ndarray:
    """What the statement computes of the same features."""
    points = matrix_of(rows, terms, shapes_of(weights)) @ [weights.terms[name].weight for name in terms.terms]
    return 1 / (1 + np.exp(-(weights.intercept + points)))


def shapes_of(weights: Weights) -> dict[str, dict[str, Any]]:
    """Where each term begins and ends."""
    return {name: weight.model_dump(exclude={"weight"}) for name, weight in weights.terms.items()}


def matrix_of(rows: pd.DataFrame, terms: Terms, shapes: dict[str, dict[str, Any]]) -> np.ndarray:
    """The value of each term (columns) for each row."""
    features = {name: rows[name].to_numpy(float) for name in FEATURES}
    lately, genuine = features["frauds_lately"], features["genuine_lately"]
    features["fraud_share"] = lately / (lately + genuine + HALF)
    return np.column_stack([_value(term, features, shapes[name]) for name, term in terms.terms.items()])


def _value(term: Term, features: dict[str, np.ndarray], shape: dict[str, Any]) -> np.ndarray:
    found, begin, end = features[term.feature], shape["begin"], shape["end"]
    value = (found >= begin).astype(float) if end is None else (np.clip(found, begin, end) - begin) / (end - begin)
    for name, least in term.when.items():
        value = value * (features[name] > least)
    return value


def _shapes(terms: Terms, present: Weights, large_amount: float) -> dict[str, dict[str, Any]]:
    shapes = shapes_of(present)
    begins, ends = LEARNED
    shapes[begins]["begin"] = shapes[ends]["end"] = large_amount
    return shapes


def _large_amount(rows: pd.DataFrame, fraud: pd.Series) -> float:
    """The amount that tells frauds and genuine payments apart best, among those that few payments reach."""
    amounts = rows.amount.to_numpy(float)
    tree = DecisionTreeClassifier(max_depth=1, criterion="entropy").fit(amounts.reshape(-1, 1), fraud)
    found = round(max(float(tree.tree_.threshold[0]), float(np.quantile(amounts, RARE))), 3)
    if found <= 0:
        raise TrainingError("hardly a payment has an amount above zero; export payment_score as it is")
    return found


def check(rows: pd.DataFrame, fraud: pd.Series) -> None:
    """Raises TrainingError when nothing can be learned from the rows."""
    frauds = int(fraud.sum())
    if frauds < LEAST_FRAUDS or frauds == len(fraud):
        raise TrainingError(
            f"{len(fraud)} payments with a known outcome, {frauds} of them frauds; training needs at least "
            f"{LEAST_FRAUDS} frauds and a genuine payment: take more days, or wait for more outcomes"
        )
    odd = [name for name in FEATURES if not np.isfinite(rows[name].to_numpy(float)).all()]
    if odd:
        raise TrainingError(f"{', '.join(odd)}: not a number in some row; export payment_score as it is")


def write(weights: Weights, file: Path) -> None:
    """The weights file, keys in the order of the model."""
    head = "# The weights of the score, as log odds. Written by `make train`, which reports on them; docs/scoring.md.\n"
    data = weights.model_dump(exclude_none=True)
    file.write_text(head + yaml.safe_dump(data, sort_keys=False, width=120, default_flow_style=None), encoding="utf-8")
