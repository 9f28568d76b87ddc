"""What is known of payments at a time: labels that are no younger."""

from __future__ import annotations

import pandas as pd

TYPICAL_SHARE = 0.95
"""A payment without an outcome is taken for genuine when so many of the outcomes would have come by then."""


def known(payments: pd.DataFrame, outcomes: pd.DataFrame, until: pd.Timestamp) -> pd.Series:
    """Whether each payment is a fraud, by `transaction_id`, for those of which that is known at `until`.

    The last outcome of a payment counts. Where a bank reports frauds alone, a payment without an outcome is genuine
    once the time in which outcomes come is over.
    """
    told = outcomes[outcomes.known_at <= until].drop_duplicates("transaction_id", keep="last")
    fraud = told.set_index("transaction_id").is_fraud.astype(bool)
    made = payments.set_index("transaction_id").tx_time
    delays = (told.set_index("transaction_id").known_at - made).dropna()
    if delays.empty:
        return fraud.iloc[:0]
    usual = pd.Timedelta(float(delays.dt.total_seconds().quantile(TYPICAL_SHARE)), unit="s")
    silent = made.index[made <= until - usual].difference(fraud.index)
    return pd.concat([fraud[fraud.index.isin(made.index)], pd.Series(False, index=silent)]).astype(bool)
