"""`python -m client csv FILE …` and `python -m client load …`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from client import load, table
from client.connection import Connection, SendError, Target
from client.progress import Progress

URL, KEY = "FRAUD_URL", "FRAUD_KEY"
CODES = "Exit codes: 0, 1 when something was refused, 2 for wrong arguments, 130 after Ctrl-C."


def main() -> int:
    args = _arguments().parse_args()
    url, key = args.url or os.environ.get(URL, ""), args.key or os.environ.get(KEY, "")
    try:
        if not url or not key:
            raise SendError(
                f"give --url and --key, or set {URL} and {KEY}; `make -s connections` prints those of a local run"
            )
        target = Target(url, key)
        return _csv(target, args) if args.command == "csv" else _load(target, args)
    except SendError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on where it stopped." if args.command == "csv" else "", file=sys.stderr)
        return 130


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m client",
        description="Send payments to the app's API.",
        epilog=CODES,
    )
    reach = argparse.ArgumentParser(add_help=False)
    reach.add_argument("--url", help=f"the page's address (default: ${URL})")
    reach.add_argument("--key", help=f"the API key, which other users of this machine may see (default: ${KEY})")
    commands = parser.add_subparsers(dest="command", required=True)
    file = commands.add_parser("csv", parents=[reach], help="send the rows of a CSV file; again writes nothing twice")
    file.add_argument("file", type=Path, help="its columns have the names of the API's fields")
    file.add_argument("--to", choices=tuple(table.FIELDS), default="payments", help="what the rows are")
    made = commands.add_parser("load", parents=[reach], help="send made-up payments, and measure")
    made.add_argument("--rate", type=_number(0, 1e6), default=100.0, help="payments a second; 0: as many as possible")
    made.add_argument("--seconds", type=_number(0.1, 86_400), default=10.0)
    made.add_argument("--batch", type=_whole(1, 1_000), default=1, help="payments in a request")
    made.add_argument("--connections", type=_whole(1, 256), default=16)
    made.add_argument("--accounts", type=_whole(1, 10**9), default=50, help="accounts 1 to this one pay")
    return parser


def _number(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least:g} to {most:g}")
        return value

    return number


def _whole(least: int, most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return value

    return whole


def _csv(target: Target, args: argparse.Namespace) -> int:
    connection, sent = Connection(target), 0
    progress = Progress(args.to)
    for batch in table.batches(args.file, args.to):
        try:
            sent += len(connection.send(args.to, batch.body, batch.key))
        except SendError as error:
            progress.end()
            raise _in_lines(error, args.file, batch, sent) from None
        progress.show(sent)
    progress.end()
    print(f"{sent} {args.to} are written.")
    return 0


def _in_lines(error: SendError, file: Path, batch: table.Batch, sent: int) -> SendError:
    wrong = [one for one in error.answer.get("errors", []) if "index" in one]
    lines = "".join(f"\n  line {batch.lines[one['index']]}: {one['field']} {one['message']}" for one in wrong)
    first, last = batch.lines[0], batch.lines[-1]
    return SendError(f"{file}, lines {first} to {last}: {error}{lines}\n{sent} rows before them are written.")


def _load(target: Target, args: argparse.Namespace) -> int:
    plan = load.Plan(
        rate=args.rate, seconds=args.seconds, batch=args.batch, connections=args.connections, accounts=args.accounts
    )
    loading = load.Load(target, plan)
    with Progress("payments").every(0.5, lambda: loading.figures.payments):
        taken = loading.run()
    print(json.dumps(loading.figures.summary(taken)))
    return 1 if loading.figures.refused else 0


sys.exit(main())
