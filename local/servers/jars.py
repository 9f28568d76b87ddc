"""Fetches the jars of jars.toml once, from Maven Central into the user's cache, and checks their hashes."""

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
"""How long a mirror may stay silent during a download."""


@cache
def classpath(name: str) -> tuple[Path, ...]:
    """The jars of one set, sorted by name. Raises RunError when a download fails or a hash differs."""
    return tuple(_there(name))


@cache
def unpacked(name: str) -> Path:
    """The folder with the contents of a set's only archive. Raises as `classpath` does."""
    (archive,) = _there(name)

    def unpack(folder: Path) -> None:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")

    return places.once(f"{_stamp_of(name).name}.unpacked", unpack)


def fetch_all(say: Callable[[str], None]) -> None:
    """Fetch the missing sets, with a line of progress for each."""
    for name in _pins():
        if not _stamp_of(name).exists():
            say(f"Fetching the jars of {name} (once)")
        _there(name)


def require_places() -> None:
    """Raises RunError when the temporary folder is unusable, or the cache is, while jars are missing."""
    places.temporary()
    if not all(_known(_stamp_of(name)) for name in _pins()):
        places.writable_cache()


def fetch(pins: dict[str, Any]) -> list[Path]:
    """Fetch the files of one set, sorted by name. Raises jgo's errors."""
    with warnings.catch_warnings(action="ignore"):  # platformdirs' about XDG_RUNTIME_DIR
        import jgo  # takes half a second, and only the first run needs it
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
    """SHA-256 in hexadecimal, by file name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@cache
def _pins() -> dict[str, Any]:
    return tomllib.loads(PINS.read_text(encoding="utf-8"))


def _there(name: str) -> list[Path]:
    """The set's files, fetched and checked once."""
    stamp = _stamp_of(name)
    if files := _known(stamp):
        return files
    with places.cache_locked():
        return files if (files := _known(stamp)) else _fetched(name, stamp)


def _known(stamp: Path) -> list[Path]:
    """The files that a stamp lists; empty when the stamp or one of the files is missing."""
    try:
        files = [Path(line) for line in stamp.read_text(encoding="utf-8").splitlines()]
        return files if all(file.exists() for file in files) else []
    except OSError:  # not fetched yet, or a copied cache names folders of another user
        return []


def _fetched(name: str, stamp: Path) -> list[Path]:
    pins = _pins()[name]
    try:
        files = fetch(pins)
    except Exception as error:  # jgo and its HTTP client raise many kinds of errors
        raise RunError(
            f"The jars of {name} could not be fetched ({type(error).__name__}: {error}). The first run needs the "
            "network: check it, or the [repositories] of ~/.config/jgo.conf or ~/.jgorc, and run the command again. "
            "Later runs work offline."
        ) from error
    _verify(name, files, pins["sha256"])
    stamp.write_text("\n".join(map(str, files)), encoding="utf-8")
    return files


def _stamp_of(name: str) -> Path:
    """The file that lists the set's fetched and checked files. Its name depends on the pins."""
    digest = hashlib.sha256(repr(sorted(_pins()[name].items())).encode()).hexdigest()[:16]
    return places.cache() / f"{name}-{digest}"


def _verify(name: str, files: list[Path], pinned: dict[str, str]) -> None:
    found = checksums(files)
    wrong = sorted(file for file in found.keys() | pinned.keys() if found.get(file) != pinned.get(file))
    if wrong:
        folders = ", ".join(sorted({str(file.parent) for file in files}))
        raise RunError(
            f"The jars of {name} are not those that {PINS.name} pins: {', '.join(wrong)}. "
            f"Remove {folders} and run the command again. If that does not help, the mirror serves other files."
        )
