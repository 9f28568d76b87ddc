"""Jars of the run, fetched once from Maven Central into the user's cache and checked against jars.toml."""

from __future__ import annotations

import hashlib
import tomllib
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from local.errors import RunError
from local.parts.startup import FOLDER

PINS = Path(__file__).with_name("jars.toml")


@cache
def classpath(name: str) -> tuple[Path, ...]:
    """The jars of one set of jars.toml, sorted by name.

    The first call on a machine downloads them; later ones read the cache. Raises RunError without a network, and when
    a file is not the one that was pinned.
    """
    pins = _pins()[name]
    folder = _resolve(name, "+".join(pins["coordinates"]))
    jars = tuple(sorted((*folder.glob("jars/*.jar"), *folder.glob("modules/*.jar")), key=lambda jar: jar.name))
    _verify(name, folder, jars, pins["sha256"])
    return jars


def fetch_all(say: Callable[[str], None]) -> None:
    """Fetch what is missing of every set, with a line of progress each."""
    for name in _pins():
        if not _stamp_of(name).exists():
            say(f"Fetching the jars of {name} (once)")
        classpath(name)


@cache
def _pins() -> dict[str, Any]:
    return tomllib.loads(PINS.read_text(encoding="utf-8"))


def _resolve(name: str, coordinates: str) -> Path:
    stamp = _stamp_of(name)
    if stamp.exists() and (folder := Path(stamp.read_text(encoding="utf-8"))).exists():
        return folder
    with warnings.catch_warnings(action="ignore"):  # platformdirs' about XDG_RUNTIME_DIR
        import jgo  # half a second, needed on the first run only

    try:
        folder = Path(jgo.build(coordinates).path)
    except Exception as error:  # jgo and its HTTP client raise many kinds; all mean the same to the user
        raise RunError(
            f"The jars of {name} could not be fetched ({type(error).__name__}: {error}). The first run needs "
            "the network: check it, or the mirror in ~/.jgorc, and run the command again; later runs work offline."
        ) from error
    return folder


def _stamp_of(name: str) -> Path:
    """A file whose presence says that this very set, as pinned now, was fetched and checked."""
    pins = _pins()[name]
    digest = hashlib.sha256(repr((pins["coordinates"], sorted(pins["sha256"].items()))).encode()).hexdigest()[:16]
    return FOLDER / f"{name}-{digest}"


def _verify(name: str, folder: Path, jars: tuple[Path, ...], pinned: dict[str, str]) -> None:
    stamp = _stamp_of(name)
    if stamp.exists():
        return
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars}
    wrong = sorted(file for file in found.keys() | pinned.keys() if found.get(file) != pinned.get(file))
    if wrong:
        raise RunError(
            f"The jars of {name} are not those that {PINS.name} pins: {', '.join(wrong)}. "
            f"Remove {folder} and run the command again; if it stays, the mirror serves other files."
        )
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(str(folder), encoding="utf-8")
