"""`make quality ARGS=--live` without a pipeline or outcomes; tests/local/test_scenario.py has a pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from local.errors import RunError
from local.servers import loopback
from quality import live


def test_without_known_outcomes_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live.connections, "read", lambda _stack: {"page": "http://nowhere/"})
    for state in (None, {"known": None}):
        monkeypatch.setattr(live, "ask", lambda _url, state=state: state)
        with pytest.raises(RunError, match="start `make run` with --scenario or --play"):
            list(live.figures("dev"))


def test_a_pipeline_that_ended_meanwhile_is_an_error_and_no_partial_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    (port,) = loopback.free(1)
    kafka = {"bootstrap": f"127.0.0.1:{port}", "security_protocol": "PLAINTEXT", "sasl_mechanism": "PLAIN"}
    found = {"kafka": kafka | {"username": "u", "password": "p"}, "registry": f"http://127.0.0.1:{port}"}
    monkeypatch.setattr(live, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(RunError, match="the pipeline may have ended"):
        list(live._scores(found))
    with pytest.raises(RunError, match="the pipeline may have ended"):
        live._outcomes({"source": f"postgresql://u:p@127.0.0.1:{port}/x"})


def test_alerts_and_scores_are_judged_from_the_first_payment_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, Any] = {"first": 11, "payments": 90, "frauds": 9, "alerts": 8, "hits": 6}
    known["by_rule"] = {"score": {"alerts": 4, "hits": 4}, "large_amount": {"alerts": 5, "hits": 2}}
    monkeypatch.setattr(live.connections, "read", lambda _stack: {"page": "http://nowhere/"})
    monkeypatch.setattr(live, "ask", lambda _url: {"known": known})
    asked = list[int]()

    def judged(_found: object, first: int) -> pd.DataFrame:
        asked.append(first)
        fraud = np.arange(90) % 10 == 0
        return pd.DataFrame(
            {"customer_id": range(90), "day": np.arange(90) // 30, "probability": 0.5 + fraud * 0.1, "is_fraud": fraud}
        )

    monkeypatch.setattr(live, "_judged", judged)
    told = "\n".join(live.figures("dev"))
    assert asked == [11]
    assert (
        "| any rule | 8 | 0.750 | 0.667 |\n| score | 4 | 1.000 | 0.444 |\n| large_amount | 5 | 0.400 | 0.222 |" in told
    )
    assert (
        "Scores of 90 payments: AUC 1.000, average precision 1.000\nCP@100: 0.030, where perfect scores have 0.030"
        in told
    )
