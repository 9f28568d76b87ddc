"""A folder of labelled payments through the whole pipeline: precision and recall show, and a killed app goes on."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.apply.app_server import ask
from local.apply.scenario import Scenario
from local.apply.servers import ROOT
from local.apply.summary import read_state, summary
from local.errors import RunError
from local.pipeline import Pipeline
from local.servers import loopback
from local.servers.postgres import SOURCE_DATABASE
from plan.record import record
from quality import live
from quality.data import COLUMNS, OUTCOMES, PAYMENTS
from quality.handbook import World, simulate
from quality.worlds import Variant, delayed
from tests.local.sink_lab import kill
from tests.servers import server_folder

WORLD = World(customers=200, terminals=400, days=28, radius=8, terminals_a_day=1, customers_a_day=1)
PATIENCE_SECONDS = 240.0
WRONG = """
SELECT count(*) FROM "SAMPLE"."PAYMENT_OUTCOME" o LEFT JOIN "SAMPLE"."USER_TRANSACTION" t ON t."ID" = o."TRANSACTION_ID"
WHERE (t."ACCOUNT_ID", t."AMOUNT", t."TERMINAL_ID", t."RECEIVED_AT" + interval '7 days')
  IS DISTINCT FROM (o."ACCOUNT_ID", o."AMOUNT", o."TERMINAL_ID", o."KNOWN_AT")
"""


@pytest.mark.local
@pytest.mark.timeout(600)
def test_a_folder_is_played_with_precision_and_recall(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    payments = simulate(WORLD)
    outcomes = delayed(payments, Variant(words="", world=WORLD))
    payments[list(COLUMNS[PAYMENTS])].to_csv(tmp_path / PAYMENTS, index=False)
    outcomes[list(COLUMNS[OUTCOMES])].to_csv(tmp_path / OUTCOMES, index=False)
    with server_folder() as folder:
        monkeypatch.setenv("TMPDIR", str(folder))
        play(tmp_path, len(payments), int(outcomes.is_fraud.sum()))


def play(data: Path, payments: int, frauds: int) -> None:
    (port,) = loopback.free(1)
    said = list[str]()
    scenario = Scenario(name=None, data=data, speed=20_000, seed=None, seconds=None)
    with Pipeline(record("dev", ROOT, mode="update"), say=said.append, port=port, scenario=scenario) as running:
        assert any(f"{payments:,} payments of" in text for text in said), said

        def state() -> dict[str, Any]:
            return ask(f"{running.app.url}/api/state") or {"scenario": {"phase": ""}, "known": None}

        wait(lambda: (state()["known"] or {"hits": 0})["hits"], lambda: f"a hit: {state()}")
        known, phase = state()["known"], state()["scenario"]["phase"]
        assert phase == "live" and known["hits"] <= known["alerts"] < known["payments"] < payments / 2
        kill(running.app)
        wait(lambda: state()["scenario"]["phase"] == "over", lambda: f"the end after a restart: {state()}, {said[-5:]}")
        with running.servers.postgres.connect(SOURCE_DATABASE) as connection:
            [(played,)] = connection.execute('SELECT count(*) FROM "SAMPLE"."USER_TRANSACTION"').fetchall()
            [(told,)] = connection.execute('SELECT count(*) FROM "SAMPLE"."PAYMENT_OUTCOME"').fetchall()
            [(wrong,)] = connection.execute(WRONG).fetchall()
        assert (played, told, wrong) == (payments, payments, 0), "each payment and its outcome once"
        about = json.loads((running.path / "scenario" / "scenario.json").read_bytes())
        judged = payments - about["unjudged"]  # the first days do not count
        wait(lambda: (state()["known"] or known)["payments"] == judged, lambda: f"all outcomes: {state()}")
        last = state()["known"]
        assert last["frauds"] > 0.5 * frauds
        assert last["by_rule"]["score"]["hits"] > 0.7 * last["by_rule"]["score"]["alerts"], last
        assert last["hits"] > 0.4 * last["frauds"], last
        judged_scores = "\n".join(live.figures("dev"))
        assert f"| any rule | {last['alerts']:,} |" in judged_scores, judged_scores
        assert re.search(rf"Scores of {last['payments']:,} payments: AUC 0\.[89]", judged_scores), judged_scores
        assert "CP@100: 0." in judged_scores
        told_at_the_end = summary(read_state(running.app), running.servers, {})
        assert f"of {last['frauds']}) of the frauds" in told_at_the_end


def wait(condition: Callable[[], Any], what: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, what()
        time.sleep(0.3)


def test_a_bad_scenario_is_refused_before_a_server_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    scenario = Scenario(name="nowhere", data=None, speed=1000, seed=-4, seconds=60)
    running = Pipeline(record("dev", ROOT, mode="update"), say=lambda _: None, port=0, scenario=scenario)
    with pytest.raises(RunError, match="--scenario nowhere: there is no such scenario; allowed: handbook") as refused:
        running.__enter__()
    assert "--seed -4: give a whole number from 0" in str(refused.value)
    assert not hasattr(running, "servers")
    assert not any(one.is_dir() for one in tmp_path.iterdir()), "the run's folder is left"
