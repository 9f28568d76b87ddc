"""`python -m bench [NAME …]`: measure the figures of docs/local.md on this machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench import ingestion, latency, planning, rules_alone, start, state, throughput
from local.errors import RunError
from local.servers import shell

BENCHES: dict[str, Callable[[], None]] = {
    "plan": planning.measure,
    "start": start.measure,
    "latency": latency.measure,
    "rules": rules_alone.measure,
    "throughput": throughput.measure,
    "ingestion": ingestion.measure,
    "state": state.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the local run on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHES)} (default: all)")
    names = parser.parse_args().names or list(BENCHES)
    unknown = sorted(set(names) - set(BENCHES))
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; choose from {', '.join(BENCHES)}")
    shell.reach_own_servers()
    try:
        for name in names:
            BENCHES[name]()
    except RunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
