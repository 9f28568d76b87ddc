"""How good alerts are, typology by typology, against the episodes that a simulated world has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from quality.typologies.fraud import TYPOLOGIES
from quality.typologies.simulation import USUAL, Simulated

STILL = pd.Timedelta(days=1)
"""An alert of a defrauded account so soon after a fraud belongs to it: the owner's next payment shows the thief's."""


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Until an episode's first alert, of the episodes that have one: medians, and what nine in ten do not exceed.

    `payments` counts the frauds up to the alert, so that 1 is an alert of the first one.
    """

    payments: tuple[float, float]
    seconds: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """`any_recall`, `own_recall`: shares of the episodes with an alert of any kind, and of the typology's own rule.

    `precision`: the share of the days with an alert of the rule, account by account, that belong to a fraud of any
    kind; NaN without an alert.
    """

    typology: str
    episodes: int
    any_recall: float
    own_recall: float
    precision: float
    alert_days: int
    any_delay: Delay | None
    own_delay: Delay | None


class Verdict:
    """Alerts (`transaction_id`, `rule_id`) beside the truth; those before `judged_from` do not count."""

    def __init__(self, world: Simulated, alerts: pd.DataFrame) -> None:
        columns = ["transaction_id", "tx_time", "customer_id"]
        told = world.payments[columns].merge(world.truth, how="left", on="transaction_id")
        told["kind"] = told.kind.fillna(USUAL)
        told["is_fraud"] = told.is_fraud.eq(True)
        told = told[told.tx_time >= world.judged_from]
        self._payments = told
        self._alerts = told.merge(alerts[["transaction_id", "rule_id"]], on="transaction_id")
        self._alerts["is_hit"] = self._hits()

    def figures(self, typology: str) -> Figures:
        episodes = self._payments[self._payments.kind == typology]
        found = self._alerts[self._alerts.kind == typology]
        own = found[found.rule_id == typology]
        number = episodes.episode.nunique()
        precision, days = self.precision(typology)
        return Figures(
            typology=typology,
            episodes=number,
            any_recall=found.episode.nunique() / number,
            own_recall=own.episode.nunique() / number,
            precision=precision,
            alert_days=days,
            any_delay=_delay(episodes, found),
            own_delay=_delay(episodes, own),
        )

    def precision(self, rule: str) -> tuple[float, int]:
        """The share of the rule's days that belong to frauds, and how many days there are."""
        alerts = self._alerts[self._alerts.rule_id == rule]
        days = alerts.groupby(["customer_id", alerts.tx_time.dt.floor("D")]).is_hit.max()
        return (float(days.mean()) if len(days) else float("nan")), len(days)

    def false_alerts(self) -> pd.DataFrame:
        """Days of accounts with a false alert, by `kind` (rows) and rule (columns)."""
        wrong = self._alerts[~self._alerts.is_hit].assign(day=lambda table: table.tx_time.dt.floor("D"))
        days = wrong.drop_duplicates(["customer_id", "day", "rule_id"])
        return pd.crosstab(days.kind, days.rule_id)

    def cases(self) -> pd.Series:
        """How many honest episodes of each kind there are."""
        honest = self._payments[self._payments.episode.notna() & ~self._payments.kind.isin(TYPOLOGIES)]
        return honest.groupby("kind").episode.nunique()

    def _hits(self) -> np.ndarray:
        """Whether each alert is of an episode of fraud, or follows a fraud of its account closely."""
        bad = self._payments[self._payments.is_fraud]
        times = {account: table.tx_time.to_numpy() for account, table in bad.groupby("customer_id")}
        follows = [
            bool(((times[account] <= time) & (times[account] >= time - STILL)).any()) if account in times else False
            for account, time in zip(self._alerts.customer_id, self._alerts.tx_time.to_numpy(), strict=True)
        ]
        return np.asarray(self._alerts.kind.isin(TYPOLOGIES)) | np.asarray(follows, dtype=bool)


def _delay(episodes: pd.DataFrame, alerts: pd.DataFrame) -> Delay | None:
    if alerts.empty:
        return None
    first = alerts.groupby("episode").tx_time.min()
    bad = episodes[episodes.is_fraud & episodes.episode.isin(first.index)]
    alerted = bad.episode.map(first)
    begins = bad.groupby("episode").tx_time.min()
    payments = (bad.tx_time <= alerted).groupby(bad.episode).sum().clip(lower=1)
    seconds = (first - begins).dt.total_seconds().clip(lower=0)
    return Delay(payments=_middle_and_most(payments), seconds=_middle_and_most(seconds))


def _middle_and_most(values: pd.Series) -> tuple[float, float]:
    middle, most = values.quantile([0.5, 0.9], interpolation="higher")
    return float(middle), float(most)
