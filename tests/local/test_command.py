"""`python -m local run` refuses bad input with a message and an exit code, and starts nothing."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.apply.servers import ROOT
from local.cli import main
from tests.plans import recorded


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local", "run", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_option() -> None:
    done = run("--help")
    assert done.returncode == 0
    for option in (
        "--stack", "--for", "--rate", "--users", "--port", "--keep", "--scenario", "--play", "--speed", "--seed",
    ):  # fmt: skip
        assert option in done.stdout, option


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--stack", "nowhere"), "nowhere"),
        (("--for", "soon"), "give seconds, or a number with s, m or h"),
        (("--users", "0"), "give a number of users, from 1 to 1000000"),
        (("--rate", "-1"), "give payments a second, from 0 to 100000"),
        (("--scenario", "handbook", "--speed", "0"), "give how many times as fast as the clock it is, from 1 to 20000"),
        (("--scenario", "handbook", "--speed", "nan"), "give how many times as fast as the clock it is"),
        (("--scenario", "handbook", "--rate", "20"), "--rate 20.0: a scenario has its own payments and customers"),
        (("--play", "x", "--rate", "20", "--users", "9"), "--users 9: a scenario has its own payments and customers"),
        (("--play", "x", "--scenario", "handbook"), "--scenario and --play: choose one of them"),
        (("--play", "x", "--seed", "3"), "--seed 3: the payments of a folder have none; leave it out"),
        (("--speed", "1000"), "--speed 1000.0: this is for a scenario; add --scenario handbook, or --play FOLDER"),
    ],
)
def test_bad_input_is_refused(arguments: tuple[str, ...], message: str) -> None:
    done = run(*arguments)
    assert done.returncode != 0
    assert message in done.stderr, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def test_the_first_run_without_a_network_says_so(tmp_path: Path) -> None:
    # An empty home has no jars; a dead proxy means no network.
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    done = run("--stack", "dev", "--port", "18999", HOME=str(tmp_path), **nowhere)
    assert done.returncode == 1, done.stdout
    assert "The first run needs the network" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr, done.stderr


def test_a_stack_without_streaming_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = dataclasses.replace(recorded("dev"), resources=(), outputs={})
    monkeypatch.setattr("local.run.record_deployment", lambda *_args, **_named: layer)
    assert main(["run", "--port", "0"]) == 1
    assert "Stack dev has no streaming layer; run one whose layer is streaming or complete." in capsys.readouterr().err


IMPATIENT = """
import os, signal
from local import run
run.read_state = lambda *_: "figures"
with run._interruptible():
    asked = run.Run(stack="dev", seconds=0, rate=0, users=1, port=0, keep=False)
    asked._watch(type("Pipeline", (), {"app": None}))
    os.kill(os.getpid(), signal.SIGINT)
    print("stopped in order")
"""


def test_ctrl_c_does_not_interrupt_the_clean_up() -> None:
    done = subprocess.run([sys.executable, "-c", IMPATIENT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("stopped in order\n", "")


UNHEARD = """
import signal, threading, time
from local.run import Run
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for a command in the background
run = Run(stack="dev", seconds=None, rate=0, users=1, port=0, keep=False)
try:
    threading.Thread(target=run._say, args=("nobody reads this",)).start()
    time.sleep(30)
except KeyboardInterrupt:
    print("more that nobody reads", flush=True)
    raise SystemExit(7)
"""


def test_a_run_with_a_closed_stdout_ends_as_on_ctrl_c() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", UNHEARD], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as runner:
        assert runner.stdout and runner.stderr
        runner.stdout.close()
        said = runner.stderr.read()
    assert (runner.returncode, said) == (7, ""), "a printing thread must end the run, without a traceback"
