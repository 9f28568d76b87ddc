"""Writes what `make run ARGS="--scenario NAME"` plays: a simulated world, or the payments of a folder (`--play`).

It writes transactions.csv and labels_delayed.csv, with the columns that `make quality --data` reads and each in the
order of time, and scenario.json. Customers and payments are numbered from 0. Times are moved by whole weeks, so that
the last row is one of the last seven days: Flink takes no payment for later than its record.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from quality import worlds
from quality.csv_table import DataError
from quality.data import COLUMNS, OPTIONAL, OUTCOMES, PAYMENTS, read
from quality.score import WARM_UP
from quality.typologies import simulation

ABOUT = "scenario.json"
HISTORY = WARM_UP + worlds.DELAY
"""These days are played at once. When they are over, the first outcomes come that count."""
LARGEST_SEED = 4_000
"""numpy's seeds have 32 bits, and the Handbook's worlds use a million of them each."""
WEEK = pd.Timedelta(weeks=1)


class Drawn(NamedTuple):
    """`payments` with `account`, `payee` and the columns of transactions.csv; `outcomes` with `account`. The alerts on
    payments from `judged_from` on count; the history ends at `live_from`.
    """

    payments: pd.DataFrame
    outcomes: pd.DataFrame
    judged_from: pd.Timestamp
    live_from: pd.Timestamp


def handbook(variant: worlds.Variant, seed: int | None, days: int) -> Drawn:
    """The first `days` after the history, of a world by the Handbook's specification."""
    longest = math.ceil(HISTORY / pd.Timedelta(days=1)) + days
    world = dataclasses.replace(variant.world, days=min(variant.world.days, longest))
    variant = dataclasses.replace(variant, world=world if seed is None else dataclasses.replace(world, seed=seed))
    payments = worlds.simulate(variant.world)
    outcomes = worlds.delayed(payments, variant).assign(account=payments.customer_id)
    payments = payments.assign(account=payments.customer_id, payee=None)
    begin = payments.tx_time.iloc[0].floor("D")
    return Drawn(payments, outcomes, begin + WARM_UP, begin + HISTORY)


def typologies(seed: int | None, _days: int) -> Drawn:
    """Alerts count as soon as there are episodes of fraud."""
    simulated = simulation.simulate(simulation.World() if seed is None else simulation.World(seed=seed))
    payments = simulated.payments.assign(account=simulated.payments.customer_id, payee=simulated.payments.payee_id)
    frauds = simulated.truth.transaction_id[simulated.truth.is_fraud]
    outcomes = payments[["transaction_id", "account", "terminal_id", "amount"]].assign(
        is_fraud=payments.transaction_id.isin(frauds), known_at=payments.tx_time + worlds.DELAY
    )
    return Drawn(payments, outcomes, simulated.judged_from, simulated.judged_from + worlds.DELAY)


def folder(place: Path) -> Drawn:
    """Raises DataError, which lists every problem."""
    payments, outcomes = read(place)
    first, last = payments.tx_time.iloc[0], payments.tx_time.iloc[-1]
    history = min(HISTORY, (last - first) / 2)
    return Drawn(payments, outcomes, first + history * (WARM_UP / HISTORY), first + history)


SCENARIOS: Mapping[str, Callable[[int | None, int], Drawn]] = {
    "handbook": lambda seed, days: handbook(worlds.WORLDS["book"], seed, days),
    "undisputed": lambda seed, days: handbook(worlds.WORLDS["undisputed"], seed, days),
    "small-amounts": lambda seed, days: handbook(worlds.WORLDS["small-amounts"], seed, days),
    "typologies": typologies,
}


def write(drawn: Drawn, out: Path, today: pd.Timestamp) -> str:
    """Write the files to `out`, and return what they hold, in words."""
    payments = drawn.payments.assign(row=np.arange(len(drawn.payments)))
    outcomes = drawn.outcomes.merge(payments[["transaction_id", "row", "tx_time"]], on="transaction_id", how="left")
    playable = outcomes.known_at >= outcomes.tx_time
    left_out = int((~playable).sum())
    outcomes = outcomes[playable].astype({"row": "int64"})
    customers = _number(payments, outcomes)
    latest = max(payments.tx_time.iloc[-1], outcomes.known_at.max() if len(outcomes) else payments.tx_time.iloc[-1])
    moved = (today - latest) // WEEK * WEEK
    out.mkdir(parents=True, exist_ok=True)
    _write_rows(payments.assign(tx_time=payments.tx_time + moved), out / PAYMENTS, (*COLUMNS[PAYMENTS], *OPTIONAL))
    told = outcomes.assign(known_at=outcomes.known_at + moved, is_fraud=outcomes.is_fraud.astype(int))
    _write_rows(told.sort_values("known_at", kind="stable"), out / OUTCOMES, COLUMNS[OUTCOMES])
    about = {
        "customers": customers,
        "unjudged": int((payments.tx_time < drawn.judged_from).sum()),
        "live_from": (drawn.live_from + moved).isoformat(),
    }
    (out / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    days = (payments.tx_time.iloc[-1] - drawn.live_from) / pd.Timedelta(days=1)
    history = int((payments.tx_time < drawn.live_from).sum())
    unknown = f"; {left_out:,} outcomes of unknown or later payments are left out" if left_out else ""
    return (
        f"{len(payments):,} payments of {customers:,} customers, {int(told.is_fraud.sum()):,} of them known frauds: "
        f"{history:,} are the history, the others last {days:.0f} days{unknown}"
    )


def _number(payments: pd.DataFrame, outcomes: pd.DataFrame) -> int:
    """Give dense numbers to customers and then to payees, in their columns; return the number of customers."""
    accounts = pd.concat([payments.account, outcomes.account])
    numbers, unique = pd.factorize(pd.concat([accounts, payments.payee]).astype("Int64"))
    payments["customer_id"], outcomes["customer_id"], payees = np.split(
        numbers, [len(payments), len(payments) + len(outcomes)]
    )
    payments["payee_id"] = pd.Series(payees, index=payments.index).replace(-1, None)
    return int(accounts.nunique()) if len(unique) else 0


def _write_rows(table: pd.DataFrame, file: Path, columns: tuple[str, ...]) -> None:
    table = table.assign(transaction_id=table["row"]).reindex(columns=list(columns))
    table["amount"] = [f"{amount:.2f}" for amount in table.amount]
    table.to_csv(file, index=False)


def main() -> int:
    options = _options()
    try:
        drawn = _drawn(options)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(write(drawn, options.out, pd.Timestamp.now("UTC")), flush=True)
    return 0


def _drawn(options: argparse.Namespace) -> Drawn:
    if options.data:
        return folder(options.data)
    problems = list[str]()
    if options.name not in SCENARIOS:
        problems.append(f"--scenario {options.name}: there is no such scenario; allowed: {', '.join(SCENARIOS)}")
    if options.seed is not None and not 0 <= options.seed <= LARGEST_SEED:
        problems.append(f"--seed {options.seed}: give a whole number from 0 to {LARGEST_SEED}")
    if problems:
        raise DataError("\n".join(problems))
    return SCENARIOS[options.name](options.seed, options.days)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m quality.scenario", description=(__doc__ or "").partition("\n")[0])
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--name", help=f"one of {', '.join(SCENARIOS)}")
    chosen.add_argument("--data", type=Path, help="folder with transactions.csv and labels_delayed.csv")
    parser.add_argument("--seed", type=int, help="of a simulated scenario")
    parser.add_argument("--days", type=int, default=365, help="days after the history that are needed (default: all)")
    parser.add_argument("out", type=Path, help="folder to write to")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
