"""The lock files contain the packages of the .in files, with hashes and the same versions everywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NESTED = ("requirements", "requirements-local", "requirements-test")
LOCKS = (*NESTED, "app/requirements")
PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", re.MULTILINE)


def pins(path: Path) -> dict[str, str]:
    """Versions by normalized name, including those of included files."""
    text = path.read_text(encoding="utf-8")
    found = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}
    for included in re.findall(r"^-r (.+)$", text, re.MULTILINE):
        found |= pins(path.parent / included)
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_every_package_of_its_in_file(name: str) -> None:
    wanted, locked = pins(ROOT / f"{name}.in"), pins(ROOT / f"{name}.txt")
    assert not {name: version for name, version in wanted.items() if locked.get(name) != version}, "run make lock"


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"^(?=\w)", (ROOT / f"{name}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert not [entry for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry]


def test_a_smaller_lock_is_part_of_the_larger() -> None:
    program, local, test = (pins(ROOT / f"{name}.txt").items() for name in NESTED)
    assert program <= local <= test
    assert pins(ROOT / "app" / "requirements.txt").items() <= local


def test_the_policy_pack_has_the_same_versions() -> None:
    assert pins(ROOT / "policy" / "requirements.txt").items() <= pins(ROOT / "requirements-test.txt").items()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_host_and_no_folder(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.findall(r"\S*://\S*|^--\S*|^ *# .* /\S*", text, re.MULTILINE)
