"""`make quality`: how good the scores are, by the product's own statements on real Kafka and Flink.

With --data, the scores and alerts of a folder's payments: transactions.csv (transaction_id, tx_time, customer_id,
terminal_id, amount; optional: device_id, ip_address, latitude, longitude, payee_id) and labels_delayed.csv
(transaction_id, customer_id, terminal_id, amount, is_fraud, known_at) give scores.csv (transaction_id, score) and
alerts.csv (transaction_id, rule_id, score, reason). With --live, the alerts and scores of the pipeline that `make run`
plays a scenario through, by the outcomes known so far. Without both, simulated worlds are scored, and docs/quality.md
gets their figures.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pandas as pd
import pulumi

from components.confluent.settings import StreamingSettings
from components.contracts.score import ScoreError
from local.errors import RunError
from quality import document, live, worlds
from quality.agreement import DisagreementError
from quality.csv_table import DataError
from quality.data import ALERTS, SCORES, read, write_alerts, write_scores
from quality.score import SHIPPED, scored
from quality.typologies import table
from quality.typologies.simulation import World

TYPOLOGIES = "typologies"
"""The world of docs/quality.md's second half."""
THRESHOLD = float(StreamingSettings().score_threshold)


def main() -> int:
    options = _options()
    try:
        if options.live:
            print("\n".join(live.figures(options.stack)))
        elif options.data:
            _score_folder(options)
        else:
            _score_worlds(options)
    except (DataError, DisagreementError, RunError, ScoreError, pulumi.RunError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; nothing was written.", file=sys.stderr)
        return 130
    return 0


def _score_worlds(options: argparse.Namespace) -> None:
    names = [name for name in options.worlds if name in worlds.WORLDS]
    if names:
        results = [worlds.judged(name, options.weights, learning=options.learn, say=_say) for name in names]
        document.publish("scores", worlds.tables(results))
        for result in results:
            result.agreement.check()
    if TYPOLOGIES in options.worlds:
        world = World(seed=options.seed)
        verdict, agreed = table.judged(world, options.weights, _say)
        document.publish(TYPOLOGIES, [*table.tables(verdict, world), "", f"{agreed}."])
        agreed.check()


def _score_folder(options: argparse.Namespace) -> None:
    payments, outcomes = read(options.data, written=(SCORES, ALERTS))
    begin = time.monotonic()
    _say(f"{len(payments):,} payments and {len(outcomes):,} outcomes from {options.data}")
    rows, alerts_of_rules, agreed = scored(payments, outcomes, options.weights, learning=options.learn, say=_say)
    file = write_scores(rows, options.data)
    _say(f"{write_alerts(alerts_of_rules, options.data)}: {len(alerts_of_rules):,} alerts")
    alerts = int((rows.probability >= THRESHOLD).sum())
    _say(f"{file}: {len(rows):,} scores in {time.monotonic() - begin:.0f} s; {alerts:,} of {THRESHOLD} or more")
    fraud = outcomes.drop_duplicates("transaction_id", keep="last").set_index("transaction_id").is_fraud
    known = rows[rows.transaction_id.isin(fraud.index)]
    truth, alert = fraud.loc[known.transaction_id].to_numpy(bool), known.probability.to_numpy() >= THRESHOLD
    if alert.any() and truth.any():
        precision, recall = truth[alert].mean(), alert[truth].mean()
        _say(f"Of the payments with an outcome: precision {precision:.3f}, recall {recall:.3f} at {THRESHOLD}")
    _say(str(agreed))
    agreed.check()


def _say(text: str) -> None:
    print(f"{pd.Timestamp.now():%H:%M:%S}  {text}", flush=True)


def _options() -> argparse.Namespace:
    words = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog="make quality", description=words[0], epilog=words[2])
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--data", type=Path, help="folder with transactions.csv and labels_delayed.csv")
    kinds.add_argument("--live", action="store_true", help="judge the pipeline that runs here (make run)")
    parser.add_argument("--stack", default="dev", help="the stack that --live means (default: %(default)s)")
    parser.add_argument(
        "--weights", type=Path, default=SHIPPED, help="weights to begin with (default: the shipped ones)"
    )
    parser.add_argument(
        "--no-learn",
        dest="learn",
        action="store_false",
        help="keep these weights, instead of new ones every four weeks",
    )
    names = [*worlds.WORLDS, TYPOLOGIES]
    parser.add_argument("--worlds", nargs="+", choices=names, default=names, help="simulated worlds (default: all)")
    parser.add_argument("--seed", type=int, default=World().seed, help="of the world typologies (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
