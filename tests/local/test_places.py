"""The folders of a run: variables choose them, and an error names the variable when one does not serve."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.apply.servers import ROOT
from local.errors import RunError
from local.flink.job_settings import complete_checkpoints, of_statement
from local.servers import places, unprivileged
from local.servers.children import Children
from local.servers.jvm_cache import StartupCache
from local.servers.unprivileged import lend, may_enter

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only as root do servers run as another user")


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's, with a name that needs quoting."""
    folder = Path(tempfile.mkdtemp(prefix="with space and ü ", dir=places.temporary()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def test_the_cache_folder_is_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert places.cache() == tmp_path / "home" / ".cache" / "fraud-detection"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert places.cache() == tmp_path / "home" / ".cache" / "fraud-detection", "relative paths are ignored"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "my cache"))
    assert places.writable_cache() == tmp_path / "my cache" / "fraud-detection"


def test_without_a_home_the_error_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(_path: str) -> str:
        return "~"

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("os.path.expanduser", nowhere)
    with pytest.raises(RunError, match="no home folder: set XDG_CACHE_HOME"):
        places.cache()


def test_for_a_read_only_cache_the_error_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/none")
    with pytest.raises(RunError, match=r"/dev/null/none/.* cannot be written \(Not a directory\): set XDG_CACHE"):
        places.writable_cache()
    assert StartupCache("kafka", []).options() == [], "a read-only cache records nothing"


@pytest.mark.parametrize("name", ["not there", "a file"])
def test_an_unusable_tmpdir_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("TMPDIR", str(tmp_path / name))
    with pytest.raises(RunError, match=rf"TMPDIR=.*{name} cannot be used \(N.*\): set it to a folder"):
        places.temporary()


def test_runs_are_in_tmpdir(monkeypatch: pytest.MonkeyPatch, reachable: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(reachable))
    assert places.temporary() == reachable.resolve()


@as_root
def test_a_tmpdir_that_only_root_can_enter_is_not_used(monkeypatch: pytest.MonkeyPatch, reachable: Path) -> None:
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(closed))
    assert places.temporary() in places.SHARED, "PostgreSQL and OpenSearch could not reach their own folders"


def packages(folder: Path) -> Path:
    """An installation under umask 077, below a folder that only root can enter."""
    program = folder / "home" / "package" / "bin" / "program"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\ncat "$(dirname "$0")/../data"\n')
    program.chmod(0o700)
    (program.parents[1] / "data").write_text("lent")
    (program.parents[1] / "data").chmod(0o600)
    for path in (folder / "home", program.parents[1], program.parent):
        path.chmod(0o700)
    return folder / "home"


@as_root
def test_files_that_the_unprivileged_user_cannot_read_are_copied(reachable: Path) -> None:
    home = packages(reachable)
    to = reachable / "run"
    to.mkdir()
    to.chmod(0o711)
    found = lend(home, "package", "not there", to=to)
    assert found != home
    command = [str(found / "package" / "bin" / "program")]
    done = subprocess.run(command, user=unprivileged.USER, capture_output=True, text=True, check=False, cwd="/")
    assert (done.stdout, done.stderr) == ("lent", "")


@as_root
def test_files_that_every_user_can_read_are_not_copied(reachable: Path) -> None:
    home = packages(reachable)
    for path in (home, *home.rglob("*")):
        path.chmod(0o755)
    assert lend(home, "package", to=reachable) == home
    (home / "package" / "data").chmod(0o600)
    assert lend(home, "package", to=reachable) != home, "one unreadable file is enough"


MOUNTED = """
import sys
from pathlib import Path
from local.errors import RunError
from local.servers.folder import RunFolder, require_disk
from local.servers.unprivileged import lend
try:
    if sys.argv[1] == "lend":
        lend(Path(sys.argv[2]), "package", to=Path(sys.argv[3]))
    else:
        RunFolder(Path("."), "mounted").open()
except RunError as error:
    print(error)
"""


def on_a_disk(options: str, folder: Path, *arguments: str) -> str:
    """The output of MOUNTED in its own mount namespace, with a disk of these options at `folder`."""
    folder.mkdir()
    mounted = 'mount -t tmpfs -o "$0" none "$1" && shift && exec "$@"'
    command = ["unshare", "--mount", "sh", "-c", mounted, options, str(folder), sys.executable, "-c", MOUNTED]
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no mount namespace: {done.stderr.strip()}")
    assert done.stderr == ""
    return done.stdout


@as_root
def test_a_noexec_disk_is_refused(reachable: Path) -> None:
    folder = reachable / "disk"
    said = on_a_disk("noexec,mode=755", folder, "lend", str(packages(reachable)), str(folder))
    assert "the disk is mounted noexec. Set TMPDIR" in said


@as_root
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("size=64m,mode=1777", "has 0.1 GB free, the run needs 1.0: make room, or set TMPDIR"),
        ("nr_inodes=1,mode=1777", "cannot be used (No space left on device): set it to a folder"),
        ("ro,mode=1777", "cannot be used (Read-only file system): set it to a folder"),
    ],
    ids=["small", "full", "read-only"],
)
def test_a_full_tmpdir_is_refused(reachable: Path, options: str, message: str) -> None:
    assert message in on_a_disk(options, reachable / "disk", "open")


def test_files_of_a_server_are_private_and_its_log_is_unbuffered(tmp_path: Path) -> None:
    children = Children(tmp_path)
    before = os.umask(0)
    try:
        script = 'touch made; echo "$LC_ALL $PYTHONUNBUFFERED"'
        children.start(["sh", "-c", script], log=tmp_path / "log", folder=tmp_path).wait(10)
    finally:
        os.umask(before)
        children.close()
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600
    assert (tmp_path / "log").read_text() == "C.UTF-8 1\n"


def test_flink_gets_unescaped_paths(tmp_path: Path) -> None:
    folder = tmp_path / "with space and ü"
    checkpoint = folder / "job" / "chk-1"
    checkpoint.mkdir(parents=True)
    (checkpoint / "_metadata").touch()
    found = of_statement("name", {}, folder, complete_checkpoints(folder)[0])
    assert found["execution.checkpointing.dir"] == f"file://{folder}", "Flink escapes the path itself"
    assert found["execution.state-recovery.path"] == f"file://{checkpoint}"


def test_initdb_gets_a_user_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unprivileged.with_a_name() == []
    known = {entry.pw_uid for entry in pwd.getpwall()}
    nobody_has = next(number for number in range(40_000, 60_000) if number not in known)
    monkeypatch.setattr(os, "geteuid", lambda: nobody_has)
    assert unprivileged.with_a_name()[:3] == ["/usr/bin/env", "unshare", "--user"]
    assert may_enter(Path("/root")), "only root's servers run as another user"
