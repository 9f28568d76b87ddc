"""The SQL's probabilities are scikit-learn's, and a difference is found and told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from quality import agreement, learn
from quality.agreement import DisagreementError
from tests.quality.test_learn import SHIPPED, TERMS, rows

OTHER = SHIPPED.model_copy(update={"id": "other", "intercept": -1.0})


@pytest.fixture
def scored() -> pd.DataFrame:
    """Rows of payment_score, a half by each of two weights."""
    found = rows().assign(transaction_id=range(4_000))
    found["weights_id"] = np.where(found.index < 2_000, SHIPPED.id, OTHER.id)
    by = [learn.probability(found, TERMS, weights) for weights in (SHIPPED, OTHER)]
    return found.assign(probability=np.where(found.index < 2_000, *by), amount=[f"{one:.2f}" for one in found.amount])


def test_the_same_probabilities_agree(scored: pd.DataFrame) -> None:
    found = agreement.agreement(scored, TERMS, [SHIPPED, OTHER])
    assert (found.payments, found.beyond) == (4_000, 0) and found.largest < 1e-12
    found.check()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("probability", 0.123),
        ("probability", np.nan),
        ("probability", None),
        ("times_usual", np.nan),
        ("large_lately", np.inf),
        ("weights_id", "unknown"),
        ("weights_id", OTHER.id),
    ],
)
def test_one_row_that_differs_is_named(scored: pd.DataFrame, column: str, value: float | str | None) -> None:
    scored[column] = scored[column].astype(object)
    scored.loc[7, column] = value
    found = agreement.agreement(scored, TERMS, [SHIPPED, OTHER])
    assert found.beyond == 1
    with pytest.raises(DisagreementError, match=r"1 above 1e-06\. The worst is payment 7: probability"):
        found.check()


def test_a_difference_that_is_small_enough_is_none(scored: pd.DataFrame) -> None:
    scored["probability"] += 0.9e-6
    assert agreement.agreement(scored, TERMS, [SHIPPED, OTHER]).beyond == 0
    scored["probability"] += 0.2e-6
    assert agreement.agreement(scored, TERMS, [SHIPPED, OTHER]).beyond == 4_000
