"""Start-up caches: a run records, uses and removes them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from local.servers import jvm_cache
from local.servers.jvm_cache import KEPT, LEARN_SECONDS, StartupCache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "fraud-detection"
    folder.mkdir()
    return folder


def draft_of(cache: StartupCache) -> Path:
    cache.wanted = True
    (option,) = cache.options()
    return Path(option.partition("=")[2])


def test_a_recorded_cache_is_used(folder: Path) -> None:
    cache = StartupCache("kafka", [])
    assert cache.options() == [], "a server that runs alone must not record a cache"
    draft_of(cache).touch()
    cache.keep()
    (file,) = folder.iterdir()
    assert StartupCache("kafka", []).options() == [f"-XX:AOTCache={file}"]
    assert StartupCache("kafka", [Path("other.jar")]).reading() == [], "a cache is valid for one class path"


def test_a_cache_is_valid_for_processors_with_the_same_instructions(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "cpuinfo"
    monkeypatch.setattr(jvm_cache, "CPUINFO", other)
    for flags in ("fpu avx2", "fpu avx2 avx512f"):
        other.write_text(f"processor: 0\nflags\t: {flags}\nprocessor: 1\nflags\t: {flags}\n")
        cache = StartupCache("kafka", [])
        assert cache.reading() == [], f"recorded on another processor than {flags}"
        draft_of(cache).touch()
        cache.keep()
        assert StartupCache("kafka", []).reading() != []


def test_old_drafts_are_removed_and_new_ones_are_kept(folder: Path) -> None:
    long_ago = time.time() - 2 * LEARN_SECONDS
    left, written, other = folder / "kafka-1.7.new.config", folder / "kafka-2.8.new", folder / "flink-1.9.new.config"
    for file in (left, written, other):
        file.touch()
    for file in (left, other):
        os.utime(file, (long_ago, long_ago))
    draft_of(StartupCache("kafka", []))
    assert set(folder.iterdir()) == {written, other}


def test_the_latest_caches_are_kept(folder: Path) -> None:
    for age in range(1, KEPT + 2):
        file = folder / f"kafka-{age}.aot"
        file.touch()
        os.utime(file, (time.time() - age, time.time() - age))
    cache = StartupCache("kafka", [])
    draft_of(cache).touch()
    cache.keep()
    assert len(list(folder.glob("*.aot"))) == KEPT
    assert not (folder / f"kafka-{KEPT}.aot").exists(), "the oldest go first"
