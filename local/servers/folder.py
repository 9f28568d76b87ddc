"""The folder with the data and logs of a run, and the lock against a second run of the stack."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from pathlib import Path
from typing import IO

from local.errors import RunError
from local.servers.children import PRIVATE, kill_leftovers
from local.servers.places import temporary
from local.servers.watchdog import remove_folder

NEEDED_GIGABYTES = 1.0
"""A minute at full speed writes about 0.3 GB; Kafka and PostgreSQL stop when a disk is full."""


class RunFolder:
    """A temporary folder, named by user, project and stack, so that a later run finds it.

    It is outside the project, since PostgreSQL and OpenSearch may run as another user, who must reach it.
    """

    def __init__(self, project: Path, stack: str) -> None:
        digest = hashlib.sha256(str(project.resolve()).encode()).hexdigest()[:8]
        self.path = temporary() / f"fraud-{os.getuid()}-{digest}-{stack}"
        self._stack = stack
        self._lock: IO[str] | None = None

    def open(self) -> Path:
        """Lock and empty the folder. Raises RunError when another run holds it or the disk is nearly full."""
        os.umask(PRIVATE)  # for the runner itself
        self._lock = self.path.with_suffix(".lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"Stack {self._stack} is running already: stop that run (Ctrl-C), or choose another STACK."
            ) from None
        kill_leftovers(self.path)
        if not remove_folder(self.path):
            raise RunError(f"The folder {self.path} of an earlier run cannot be removed: remove it by hand.")
        require_disk(self.path.parent)
        self.path.mkdir()
        # Under root, PostgreSQL and OpenSearch run as another user, who must reach their folders in it.
        self.path.chmod(0o711)
        (self.path / "logs").mkdir()
        return self.path

    def close(self, *, keep: bool) -> None:
        """Release the lock, and remove the folder unless the user wants to `keep` it."""
        if not keep:
            remove_folder(self.path)
        if self._lock:
            self.path.with_suffix(".lock").unlink(missing_ok=True)
            self._lock.close()


def require_disk(folder: Path, gigabytes: float = NEEDED_GIGABYTES) -> None:
    """Raises RunError when the disk of `folder` has less than `gigabytes` free."""
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise RunError(
            f"{folder} has {free:.1f} GB free, the run needs {gigabytes:.1f}: "
            "make room, or set TMPDIR to a folder on a larger disk."
        )
