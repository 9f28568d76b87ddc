"""What a reviewer needs to know of a score: figures by threshold, calibration, and what each weight means."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

from components.contracts.score import Term, Terms, Weights

THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.9)
CALIBRATED = (0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 1)


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """A Markdown table, line by line."""
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def ranking(fraud: np.ndarray, score: np.ndarray) -> str:
    """Area under the curve and average precision, as text."""
    auc, precision = roc_auc_score(fraud, score), average_precision_score(fraud, score)
    return f"AUC {auc:.3f}, average precision {precision:.3f}"


def thresholds(fraud: np.ndarray, score: np.ndarray, days: float) -> Iterator[str]:
    """What alerts at each threshold would be."""
    rows = list[tuple[object, ...]]()
    for threshold in THRESHOLDS:
        alert = score >= threshold
        hits = int((alert & fraud).sum())
        precision = f"{hits / alert.sum():.3f}" if alert.any() else "no alert"
        rows.append((threshold, f"{alert.sum() / days:.1f}", precision, f"{hits / fraud.sum():.3f}"))
    yield from table(("scoreThreshold", "alerts a day", "precision", "recall"), rows)


def calibration(fraud: np.ndarray, score: np.ndarray) -> Iterator[str]:
    """Whether of the payments with a probability of 0.3, three in ten are frauds."""
    rows = list[tuple[object, ...]]()
    for low, high in itertools.pairwise(CALIBRATED):
        inside = (score >= low) & ((score < high) | (high == 1))
        if inside.any():
            found = (f"{score[inside].mean():.4f}", f"{fraud[inside].mean():.4f}")
            rows.append((f"{low} to {high}", int(inside.sum()), *found))
    yield from table(("probability", "payments", "mean probability", "share of frauds"), rows)


def meaning(name: str, term: Term, weights: Weights) -> str:
    """When a term counts, in words."""
    found, feature = weights.terms[name], term.feature.replace("_", " ")
    text = (
        f"{feature} {found.begin:g} or more"
        if found.end is None
        else f"{feature} from {found.begin:g} to {found.end:g}"
    )
    return text + "".join(f", while {other.replace('_', ' ')} is over {least:g}" for other, least in term.when.items())


def weights_table(terms: Terms, present: Weights, new: Weights) -> Iterator[str]:
    """Each weight beside the present one: by how much it multiplies the odds of fraud at most."""
    rows = [
        (name, meaning(name, term, new), f"{present.terms[name].weight:.2f}", f"{new.terms[name].weight:.2f}",
         f"x {np.exp(new.terms[name].weight):.3g}")
        for name, term in terms.terms.items()
    ]  # fmt: skip
    rows.append(("intercept", "a payment without any of them", f"{present.intercept:.2f}", f"{new.intercept:.2f}", ""))
    yield from table(("term", "counts for", "present weight", "new weight", "odds of fraud"), rows)


def drift(rows: pd.DataFrame, earlier: pd.Series, features: Iterable[str]) -> Iterator[str]:
    """How the features moved between the earlier and the later rows, in standard deviations."""
    found = list[tuple[object, ...]]()
    for name in features:
        before, after = rows.loc[earlier, name].astype(float), rows.loc[~earlier, name].astype(float)
        moved = (after.mean() - before.mean()) / (before.std() or 1.0)
        found.append((name, f"{before.mean():.3f}", f"{after.mean():.3f}", f"{moved:+.2f}"))
    yield from table(("feature", "mean before", "mean after", "moved by standard deviations"), found)
