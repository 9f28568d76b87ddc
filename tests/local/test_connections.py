"""`make connections`: its output, its owner, and its errors."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.apply import connections
from local.apply.servers import ROOT
from local.cli import main
from local.servers.folder import RunFolder
from tests.local.sink_lab import until

STACK = "connected"
FOUND = {"page": "http://127.0.0.1:1/", "kafka": {"password": "hush"}, "processes": {"app": os.getpid()}}


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The run folder of STACK, with a path that needs quoting."""
    temporary = tmp_path / "with space and ü"
    temporary.mkdir()
    monkeypatch.setattr("local.servers.folder.temporary", lambda: temporary)
    path = RunFolder(ROOT, STACK).path
    path.mkdir()
    return path


def asked(capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["connections", "--stack", STACK])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_running_pipeline_is_one_json_object(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connections.write(folder, FOUND)
    code, out, err = asked(capsys)
    assert (code, json.loads(out), err) == (0, FOUND, "")


def test_a_dead_server_is_shown_as_restarting(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with subprocess.Popen(["sleep", "600"]) as ended, subprocess.Popen(["sleep", "600"]) as zombie:
        ended.kill()
        ended.wait()
        zombie.kill()
        until(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE, "the server is dead", 10)
        pids = {"app": os.getpid(), "flink": ended.pid, "kafka": zombie.pid}
        connections.write(folder, FOUND | {"processes": pids})
        _, out, _ = asked(capsys)
    assert json.loads(out)["processes"] == pids | {"flink": "restarting", "kafka": "restarting"}


def test_only_the_owner_can_read_it_whatever_the_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        connections.write(folder, FOUND)
        connections.write(folder, FOUND)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_no_running_pipeline_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = asked(capsys)
    assert (code, out) == (1, "")
    assert f"No pipeline of stack {STACK} is up" in err and "make run" in err


WRITE = """
import pathlib, sys
from local.apply import connections
connections.write(pathlib.Path(sys.argv[1]), {"page": "gone"})
"""


def test_the_file_of_a_killed_run_is_ignored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run([sys.executable, "-c", WRITE, str(folder)], cwd=ROOT, check=True)
    code, out, err = asked(capsys)
    assert (code, out) == (1, "") and "has ended" in err


def test_another_process_with_the_id_of_an_ended_run_is_not_that_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    connections.write(folder, FOUND)
    file = folder / connections.FILE
    said = json.loads(file.read_text())
    said["runner"][1] -= 60
    file.write_text(json.dumps(said))
    assert asked(capsys)[0] == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can become another user")
def test_another_user_is_refused(folder: Path) -> None:
    for path in (folder, *list(folder.parents)[:4]):
        path.chmod(0o711)
    connections.write(folder, FOUND)
    done = subprocess.run(["cat", str(folder / connections.FILE)], user="nobody", capture_output=True, check=False)
    assert done.returncode != 0 and done.stdout == b"" and b"Permission denied" in done.stderr
