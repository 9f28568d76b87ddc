"""Where a run keeps things: the user's cache folder for what later runs use, a temporary folder for the rest.

Both are chosen by the usual variables, XDG_CACHE_HOME and TMPDIR, and are tried out here before anything is started.
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
    """The folder for jars, start-up caches and compiled classes; it may not be there yet, nor be writable.

    Raises RunError when neither XDG_CACHE_HOME nor a home folder is known.
    """
    chosen = os.environ.get("XDG_CACHE_HOME")
    if chosen and Path(chosen).is_absolute():
        return Path(chosen) / NAME
    try:
        return Path.home() / ".cache" / NAME
    except RuntimeError:
        raise RunError(
            "This user has no home folder: set XDG_CACHE_HOME (or HOME) to a folder that it can write, on a disk with "
            "2 GB free."
        ) from None


def writable_cache() -> Path:
    """The same, made, and known to be writable. Raises RunError that names the variable to set."""
    folder = cache()
    problem = _not_writable(folder)
    if problem:
        raise RunError(
            f"The cache folder {folder} cannot be written ({problem}): set XDG_CACHE_HOME to a folder that can, on a "
            "disk with 2 GB free, and run the command again. What the first run fetches stays there."
        )
    return folder


@contextlib.contextmanager
def cache_locked() -> Generator[None]:
    """The writable cache folder, while no other run fetches or makes anything in it. Not to be nested."""
    with (writable_cache() / "fetch.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The file or folder `name` of the cache, which `make` writes to the path that it is given, unless it is there."""
    target = cache() / name
    if not target.exists():
        with cache_locked():
            if not target.exists():
                draft = target.with_name(f"{name}.new")
                make(draft)
                draft.rename(target)
    return target


def tell_jgo() -> None:
    """Have jgo keep what it fetches in the cache folder where its own places below the home folder do not serve.

    What the user told jgo by its own variables stands.
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
    """The folder for the folders of runs: TMPDIR, or the system's own.

    As root PostgreSQL and OpenSearch run as another user, who must be able to enter it; when TMPDIR lets only root in,
    it is the system's. Raises RunError when TMPDIR is set to what is no folder, or cannot be written.
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
        f"Every user must be able to enter the folder of a run as root, and none of {tried} is so: set TMPDIR to one."
    )


def _not_writable(folder: Path, *, make: bool = True) -> str | None:
    """Why no file can be made in `folder`; None when one was. Full disks and quotas show only when one tries."""
    try:
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    return None
