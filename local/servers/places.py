"""The folders of a run: the cache folder for what later runs use, a temporary folder for the rest.

XDG_CACHE_HOME and TMPDIR choose them. These functions check that they are writable before any server starts.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

from local.errors import RunError
from local.servers.unprivileged import may_enter

NAME = "fraud-detection"
SHARED = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - only a fresh folder in them is used


def cache() -> Path:
    """The folder for jars, start-up caches and compiled classes; it may be missing or read-only.

    Raises RunError without XDG_CACHE_HOME and a home folder.
    """
    chosen = os.environ.get("XDG_CACHE_HOME")
    if chosen and Path(chosen).is_absolute():
        return Path(chosen) / NAME
    try:
        return Path.home() / ".cache" / NAME
    except RuntimeError:
        raise RunError(
            "This user has no home folder: set XDG_CACHE_HOME (or HOME) to a writable folder on a disk with 2 GB free."
        ) from None


def writable_cache() -> Path:
    """The same folder, created and writable. Raises RunError, which names the variable to set."""
    folder = cache()
    problem = _not_writable(folder)
    if problem:
        raise RunError(
            f"The cache folder {folder} cannot be written ({problem}): set XDG_CACHE_HOME to a writable folder on a "
            "disk with 2 GB free, and run the command again. The first run's downloads stay there."
        )
    return folder


@contextlib.contextmanager
def cache_locked() -> Generator[None]:
    """Lock the cache folder against other runs. Do not nest."""
    with (writable_cache() / "fetch.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder `name` of the cache. When it is missing, `make` writes it to the path that it is given."""
    target = cache() / name
    if not target.exists():
        with cache_locked():
            if not target.exists():
                draft = target.with_name(f"{name}.new")
                make(draft)
                draft.rename(target)
    return target


def tell_jgo() -> None:
    """Point jgo to the cache folder where its own folders below the home folder do not serve.

    jgo's own variables have priority.
    """
    chosen = os.environ.get("XDG_CACHE_HOME")
    if chosen:
        os.environ.setdefault("JGO_CACHE_DIR", str(cache().parent / "jgo"))
    try:
        repository = Path.home() / ".m2" / "repository"
    except RuntimeError:
        os.environ.setdefault("JGO_CONFIG_FILE", os.devnull)
        repository = None
    if repository is None or _not_writable(repository):
        os.environ.setdefault("M2_REPO", str(cache() / "m2"))


def temporary() -> Path:
    """The parent of the runs' folders: TMPDIR, or the system's temporary folder.

    Under root, PostgreSQL and OpenSearch run as another user, so a TMPDIR that only root can enter does not serve.
    Raises RunError when TMPDIR is not a writable folder, or no folder serves.
    """
    chosen = os.environ.get("TMPDIR")
    if chosen and (problem := _not_writable(Path(chosen), make=False)):
        raise RunError(f"TMPDIR={chosen} cannot be used ({problem}): set it to a folder that this user can write.")
    folders = [Path(chosen or tempfile.gettempdir()).resolve(), *SHARED]
    for folder in folders:
        if may_enter(folder) and not _not_writable(folder, make=False):
            return folder
    tried = ", ".join(map(str, dict.fromkeys(folders)))
    raise RunError(
        f"Under root, every user must be able to enter the folder of a run. That holds for none of {tried}: set TMPDIR "
        "to a folder for which it does."
    )


def _not_writable(folder: Path, *, make: bool = True) -> str | None:
    """Why no file can be made in `folder`, or None. It tries, as only that shows full disks and quotas."""
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return None
