"""Jars of the run, fetched once from Maven Central into the user's cache and checked against jars.toml."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tomllib
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from local.errors import RunError
from local.parts import places

PINS = Path(__file__).with_name("jars.toml")
TIMEOUT_SECONDS = 60
"""How long a mirror may say nothing while it serves a file."""


@cache
def classpath(name: str) -> tuple[Path, ...]:
    """The jars of one set of jars.toml, sorted by name.

    The first call on a machine downloads them; later ones read the cache. Raises RunError without a network, and when
    a file is not the one that was pinned.
    """
    return tuple(jars_below(_there(name)))


@cache
def unpacked(name: str) -> Path:
    """The folder that an archive of jars.toml was unpacked to. Downloads and raises as `classpath` does."""
    return _there(name)


def fetch_all(say: Callable[[str], None]) -> None:
    """Fetch what is missing of every set, with a line of progress each."""
    for name in _pins():
        if not _stamp_of(name).exists():
            say(f"Fetching the jars of {name} (once)")
        _there(name)


def fetch(pins: dict[str, Any]) -> tuple[Path, list[Path]]:
    """Fetch one set by its coordinates, or its archive: the folder, and the files to check. Raises what jgo raises."""
    with warnings.catch_warnings(action="ignore"):  # platformdirs' about XDG_RUNTIME_DIR
        import jgo  # half a second, needed on the first run only
        from jgo.config import GlobalSettings
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import MavenContext

    places.tell_jgo()
    settings = GlobalSettings.load()
    if "archive" not in pins:
        folder = Path(jgo.build("+".join(pins["coordinates"]), repositories=settings.repositories).path)
        return folder, jars_below(folder)
    context = MavenContext(
        repo_cache=settings.repo_cache,
        remote_repos={"central": MAVEN_CENTRAL_URL, **settings.repositories},
        timeout=TIMEOUT_SECONDS,
    )
    group, artifact, version, classifier, packaging = pins["archive"].split(":")
    archive = context.project(group, artifact).at_version(version).artifact(classifier, packaging).resolve()
    return archive.parent, [archive]


def jars_below(folder: Path) -> list[Path]:
    """The jars that jgo has put there, sorted by name."""
    return sorted((*folder.glob("jars/*.jar"), *folder.glob("modules/*.jar")), key=lambda jar: jar.name)


def checksums(files: list[Path]) -> dict[str, str]:
    """File name to SHA-256 in hexadecimal digits."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@cache
def _pins() -> dict[str, Any]:
    return tomllib.loads(PINS.read_text(encoding="utf-8"))


def _there(name: str) -> Path:
    """The folder with the set's files, fetched and checked when that was not done before."""
    stamp = _stamp_of(name)
    if folder := _known(stamp):
        return folder
    with places.cache_locked():
        return folder if (folder := _known(stamp)) else _fetched(name, stamp)


def _known(stamp: Path) -> Path | None:
    """The folder that a stamp names; None before it was fetched, or when it has been removed since."""
    try:
        folder = Path(stamp.read_text(encoding="utf-8"))
        return folder if folder.exists() else None
    except OSError:  # not fetched yet; or a copy of another user's cache names folders that only he may enter
        return None


def _fetched(name: str, stamp: Path) -> Path:
    pins = _pins()[name]
    try:
        folder, files = fetch(pins)
    except Exception as error:  # jgo and its HTTP client raise many kinds; all mean the same to the user
        raise RunError(
            f"The jars of {name} could not be fetched ({type(error).__name__}: {error}). The first run needs "
            "the network: check it, or the [repositories] of jgo.conf or ~/.jgorc, and run the command again; "
            "later runs work offline."
        ) from error
    _verify(name, folder, files, pins["sha256"])
    if "archive" in pins:
        folder = _unpack(files[0], stamp.with_suffix(".unpacked"))
    stamp.write_text(str(folder), encoding="utf-8")
    return folder


def _stamp_of(name: str) -> Path:
    """A file whose presence says that this very set, as pinned now, was fetched and checked."""
    pins = _pins()[name]
    wanted = (pins.get("coordinates") or pins["archive"], sorted(pins["sha256"].items()))
    return places.cache() / f"{name}-{hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]}"


def _verify(name: str, folder: Path, files: list[Path], pinned: dict[str, str]) -> None:
    found = checksums(files)
    wrong = sorted(file for file in found.keys() | pinned.keys() if found.get(file) != pinned.get(file))
    if wrong:
        raise RunError(
            f"The jars of {name} are not those that {PINS.name} pins: {', '.join(wrong)}. "
            f"Remove {folder} and run the command again; if it stays, the mirror serves other files."
        )


def _unpack(archive: Path, target: Path) -> Path:
    """Unpack into `target`, which another run may be doing at the same time: the one that ends first counts."""
    draft = target.with_suffix(f".{os.getpid()}.new")
    with tarfile.open(archive) as tar:
        tar.extractall(draft, filter="data")
    try:
        draft.rename(target)
    except OSError:  # there already
        shutil.rmtree(draft)
    return target
