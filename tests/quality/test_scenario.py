"""What the app plays: in order, numbered, in the past, and what is wrong is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from local.apply.servers import ROOT
from quality import scenario
from quality.data import OUTCOMES, PAYMENTS, read

TODAY = pd.Timestamp("2026-03-01 15:00", tz="UTC")


def folder(place: Path, payments: str, outcomes: str) -> Path:
    (place / PAYMENTS).write_text(
        "transaction_id,tx_time,customer_id,terminal_id,amount,payee_id\n" + payments, encoding="utf-8"
    )
    (place / OUTCOMES).write_text(
        "transaction_id,customer_id,terminal_id,amount,is_fraud,known_at\n" + outcomes, encoding="utf-8"
    )
    return place


def test_a_folder_is_put_in_order_numbered_and_moved_by_weeks(tmp_path: Path) -> None:
    source = folder(
        tmp_path,
        "70,2018-04-02T10:00:00Z,bob,t1,5,\n60,2018-04-01T10:00:00Z,eve,t2,6,bob\n80,2018-04-03T10:00:00Z,bob,,7,iban\n",
        "60,eve,t2,6,1,2018-04-09T00:00:00Z\n70,bob,t1,5,0,2018-04-08T00:00:00Z\n"
        "99,eve,t2,6,1,2018-04-08T00:00:00Z\n80,bob,,7,1,2018-04-01T00:00:00Z\n",
    )
    words = scenario.write(scenario.folder(source), tmp_path / "out", TODAY)
    assert "3 payments of 2 customers, 1 of them known frauds" in words
    assert "2 outcomes of unknown or later payments are left out" in words
    rows = pd.read_csv(tmp_path / "out" / PAYMENTS)
    assert rows[["transaction_id", "customer_id", "amount"]].to_numpy().tolist() == [[0, 0, 6], [1, 1, 5], [2, 1, 7]]
    assert rows.payee_id.to_list()[::2] == [1, 2], "bob is a customer; the other one is not"
    told = pd.read_csv(tmp_path / "out" / OUTCOMES)
    assert told[["transaction_id", "customer_id", "is_fraud"]].to_numpy().tolist() == [[1, 1, 0], [0, 0, 1]]
    latest = pd.to_datetime(told.known_at).max()
    assert TODAY - pd.Timedelta(weeks=1) < latest <= TODAY
    assert (latest - pd.Timestamp("2018-04-09", tz="UTC")) % pd.Timedelta(weeks=1) == pd.Timedelta(0)
    about = json.loads((tmp_path / "out" / scenario.ABOUT).read_text())
    assert (about["customers"], about["unjudged"]) == (2, 1), "a third of it is cold"
    assert pd.Timestamp(about["live_from"]) == pd.to_datetime(rows.tx_time)[1], "half of what is there is history"


def test_what_is_written_is_a_folder_for_make_quality(tmp_path: Path) -> None:
    drawn = scenario.SCENARIOS["typologies"](3, 1)
    scenario.write(drawn, tmp_path, TODAY)
    payments, outcomes = read(tmp_path)
    assert payments.transaction_id.is_monotonic_increasing and len(payments) == len(outcomes) == len(drawn.payments)
    assert payments.tx_time.is_monotonic_increasing and outcomes.known_at.max() <= TODAY
    assert outcomes.is_fraud.sum() == drawn.outcomes.is_fraud.sum() > 0
    assert payments.amount.to_list() == drawn.payments.amount.to_list()
    customers = json.loads((tmp_path / scenario.ABOUT).read_text())["customers"]
    assert set(payments.customer_id.astype(int)) == set(range(customers))
    mules = drawn.payments.payee.isin(drawn.payments.account).to_numpy()
    inside = payments.payee_id[mules].astype(int)
    assert mules.any() and (inside < customers).all(), "payees who are customers are the same account"
    assert (payments.payee_id[~mules].dropna().astype(int) >= customers).all()


@pytest.mark.parametrize("name", ["handbook", "undisputed", "small-amounts"])
def test_the_handbooks_worlds_have_a_history_and_as_many_days_as_asked(name: str) -> None:
    world = scenario.SCENARIOS[name](5, 1)
    first = world.payments.tx_time.iloc[0].floor("D")
    assert (world.judged_from, world.live_from) == (first + pd.Timedelta(days=14), first + pd.Timedelta(days=21))
    assert world.payments.day.max() == 21 and world.outcomes.is_fraud.any()
    assert (world.outcomes.known_at - world.payments.tx_time == pd.Timedelta(days=7)).all()


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (
            ("--name", "book", "--seed", "-1"),
            ("--scenario book: there is no such scenario; allowed: handbook, undisputed, small-amounts, typologies",
             "--seed -1: give a whole number from 0 to 4000"),
        ),
        (("--data", "nowhere"), ("transactions.csv: cannot be read", "labels_delayed.csv: cannot be read")),
    ],
)  # fmt: skip
def test_one_error_says_all_that_is_wrong(
    arguments: tuple[str, ...], messages: tuple[str, ...], tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "quality.scenario", *arguments, str(tmp_path / "out")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1 and not (tmp_path / "out").exists()
    for message in messages:
        assert message in done.stderr
    assert "Traceback" not in done.stderr
