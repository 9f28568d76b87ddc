"""Clean up after a runner that died without stopping its children.

A process of its own, with the standard library alone. It reads commands from the runner's pipe: `watch PID`,
`forget PID`, `folder PATH`, `goodbye`. The pipe ends even when the runner gets SIGKILL. An end without `goodbye` kills
every watched process group and removes the folders.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path


def kill_groups(groups: Iterable[int]) -> None:
    """SIGKILL each process group that still exists."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def remove_folder(folder: Path, *, seconds: float = 5) -> bool:
    """Whether `folder` is gone. Retries for some `seconds`, as dying servers may still write into it."""
    end = time.monotonic() + seconds
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    folders: set[Path] = set()
    for line in sys.stdin:
        command, _, value = line.rstrip("\n").partition(" ")
        match command:
            case "watch":
                groups.add(int(value))
            case "forget":
                groups.discard(int(value))
            case "folder":
                folders.add(Path(value))
            case "goodbye":
                return 0
            case _:
                pass
    kill_groups(groups)
    for folder in folders:
        remove_folder(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
