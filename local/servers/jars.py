"""Jars of the run, fetched once from Maven Central into the user's cache and checked against jars.toml."""

from __future__ import annotations

import hashlib
import tarfile
import tomllib
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from local.errors import RunError
from local.servers import places

PINS = Path(__file__).with_name("jars.toml")
TIMEOUT_SECONDS = 60
"""How long a mirror may say nothing while it serves a file."""


@cache
def classpath(name: str) -> tuple[Path, ...]:
    """The jars of one set of jars.toml, sorted by name.

    The first call on a machine downloads them; later ones read the cache. Raises RunError without a network, and when
    a file is not the one that was pinned.
    """
    return tuple(_there(name))


@cache
def unpacked(name: str) -> Path:
    """The folder that the one archive of a set was unpacked to. Downloads and raises as `classpath` does."""
    (archive,) = _there(name)

    def unpack(folder: Path) -> None:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")

    return places.once(f"{_stamp_of(name).name}.unpacked", unpack)


def fetch_all(say: Callable[[str], None]) -> None:
    """Fetch what is missing of every set, with a line of progress each."""
    for name in _pins():
        if not _stamp_of(name).exists():
            say(f"Fetching the jars of {name} (once)")
        _there(name)


def require_places() -> None:
    """Raises RunError when the run has nowhere to put its folder, or jars are missing and cannot be kept."""
    places.temporary()
    if not all(_known(_stamp_of(name)) for name in _pins()):
        places.writable_cache()


def fetch(pins: dict[str, Any]) -> list[Path]:
    """Fetch the files of one set, sorted by name. Raises what jgo raises."""
    with warnings.catch_warnings(action="ignore"):  # platformdirs' about XDG_RUNTIME_DIR
        import jgo  # half a second, needed on the first run only
        from jgo.config import GlobalSettings
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import MavenContext

    places.tell_jgo()
    settings = GlobalSettings.load()
    if "coordinates" in pins:
        folder = Path(jgo.build("+".join(pins["coordinates"]), repositories=settings.repositories).path)
        return sorted((*folder.glob("jars/*.jar"), *folder.glob("modules/*.jar")), key=lambda jar: jar.name)
    remote = {"central": MAVEN_CENTRAL_URL, **settings.repositories}
    context = MavenContext(repo_cache=settings.repo_cache, remote_repos=remote, timeout=TIMEOUT_SECONDS)
    found = list[Path]()
    for file in pins["files"]:
        group, artifact, version, *kind = file.split(":")
        found.append(context.project(group, artifact).at_version(version).artifact(*kind).resolve())
    return sorted(found, key=lambda file: file.name)


def checksums(files: list[Path]) -> dict[str, str]:
    """File name to SHA-256 in hexadecimal digits."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@cache
def _pins() -> dict[str, Any]:
    return tomllib.loads(PINS.read_text(encoding="utf-8"))


def _there(name: str) -> list[Path]:
    """The set's files, fetched and checked when that was not done before."""
    stamp = _stamp_of(name)
    if files := _known(stamp):
        return files
    with places.cache_locked():
        return files if (files := _known(stamp)) else _fetched(name, stamp)


def _known(stamp: Path) -> list[Path]:
    """The files that a stamp lists; none before they were fetched, or when one has been removed since."""
    try:
        files = [Path(line) for line in stamp.read_text(encoding="utf-8").splitlines()]
        return files if all(file.exists() for file in files) else []
    except OSError:  # not fetched yet; or a copy of another user's cache names folders that only he may enter
        return []


def _fetched(name: str, stamp: Path) -> list[Path]:
    pins = _pins()[name]
    try:
        files = fetch(pins)
    except Exception as error:  # jgo and its HTTP client raise many kinds; all mean the same to the user
        raise RunError(
            f"The jars of {name} could not be fetched ({type(error).__name__}: {error}). The first run needs the "
            "network: check it, or the [repositories] of ~/.config/jgo.conf or ~/.jgorc, and run the command again; "
            "later runs work offline."
        ) from error
    _verify(name, files, pins["sha256"])
    stamp.write_text("\n".join(map(str, files)), encoding="utf-8")
    return files


def _stamp_of(name: str) -> Path:
    """A file whose presence says that this very set, as pinned now, was fetched and checked: it lists the files."""
    digest = hashlib.sha256(repr(sorted(_pins()[name].items())).encode()).hexdigest()[:16]
    return places.cache() / f"{name}-{digest}"


def _verify(name: str, files: list[Path], pinned: dict[str, str]) -> None:
    found = checksums(files)
    wrong = sorted(file for file in found.keys() | pinned.keys() if found.get(file) != pinned.get(file))
    if wrong:
        folders = ", ".join(sorted({str(file.parent) for file in files}))
        raise RunError(
            f"The jars of {name} are not those that {PINS.name} pins: {', '.join(wrong)}. "
            f"Remove {folders} and run the command again; if it stays, the mirror serves other files."
        )
