"""The clean-up of `pulumi destroy`, against a server that answers as Kafka's and the registry's REST do."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from components.confluent.cleanup import main

ROOT = Path(__file__).resolve().parents[2]


class Cloud(ThreadingHTTPServer):
    """Topics and subjects; a subject goes for good only when it was deleted before."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.topics = {"error_log", "dlq-lcc-1", "__orcl-heartbeat.lcc-2.fd", "auth_user", "somebodys_error_log"}
        self.subjects = {"error_log-value", "fd.SAMPLE.AUTH_USER-value", "fd.a/b-value", "auth_user-value", "old.fd.x"}
        self.hidden: set[str] = set()
        self.refuse = 0
        self.gone = False  # everything that was listed, when it is deleted
        self.cut = False  # each answer, in its middle


class Answers(BaseHTTPRequestHandler):
    server: Cloud  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        if not self._has_the_key():
            self._answer(401, {})
        elif self.path == "/subjects":
            self._answer(200, sorted(self.server.subjects))
        elif self.path == "/kafka/v3/clusters/lkc-1/topics":
            self._answer(200, {"data": [{"topic_name": name} for name in sorted(self.server.topics)]})
        else:
            self._answer(404, {})

    def do_DELETE(self) -> None:
        cloud, parts = self.server, urlsplit(self.path)
        name = unquote(parts.path.rpartition("/")[2])
        if cloud.refuse or cloud.gone or not self._has_the_key():
            self._answer(cloud.refuse or (404 if cloud.gone else 401), {"message": "no"})
        elif parts.path.startswith("/kafka"):
            cloud.topics.remove(name)
            self._answer(204, None)
        elif parts.query == "permanent=true":
            cloud.hidden.remove(name)
            self._answer(200, [1])
        else:
            cloud.subjects.remove(name)
            cloud.hidden.add(name)
            self._answer(200, [1])

    def _has_the_key(self) -> bool:
        """Kafka and the registry each know their own key."""
        whose = "kafka" if self.path.startswith("/kafka") else "registry"
        expected = base64.b64encode(f"{whose}:hush-{whose}".encode()).decode()
        return self.headers["Authorization"] == f"Basic {expected}"

    def _answer(self, status: int, body: object) -> None:
        self.send_response(status)
        if self.server.cut:
            self.send_header("Content-Length", "10000")
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def environment(cloud: Cloud) -> dict[str, str]:
    url = f"http://127.0.0.1:{cloud.server_port}"
    return {
        "KAFKA_REST": url,
        "CLUSTER": "lkc-1",
        "KAFKA_KEY": "kafka",
        "KAFKA_SECRET": "hush-kafka",
        "REGISTRY_URL": url,
        "REGISTRY_KEY": "registry",
        "REGISTRY_SECRET": "hush-registry",
        "TOPIC_PREFIXES": "error_log,dlq-lcc,__orcl-heartbeat.lcc",
        "SUBJECT_PREFIXES": "error_log,fd.",
    }


def test_only_what_nobody_declared_is_deleted(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(environment(cloud)) == 0
    assert cloud.topics == {"auth_user", "somebodys_error_log"}, "declared and foreign topics are not the clean-up's"
    assert cloud.subjects == {"auth_user-value", "old.fd.x"}, "a name only has to begin with a prefix: not contain it"
    assert cloud.hidden == set(), "a subject that is only hidden comes back with its name: delete it for good"
    assert "hush" not in (printed := capsys.readouterr().out), "what the clean-up prints is kept in the stack's state"
    assert "deleted /subjects/error_log-value" in printed


def run(cloud: Cloud) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "components.confluent.cleanup"],
        cwd=ROOT,
        env=os.environ | environment(cloud),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_run_as_pulumi_does_it_cleans_up(cloud: Cloud) -> None:
    done = run(cloud)
    assert done.returncode == 0 and "error_log" not in cloud.topics, done.stderr
    cloud.refuse, cloud.topics = 403, {"error_log"}
    assert run(cloud).returncode == 1, "the exit code is all that the engine looks at: pass on that of main"


def test_what_went_by_itself_is_no_failure(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.gone = True
    assert main(environment(cloud)) == 0, f"a connector's topic may go with it: {capsys.readouterr().err}"


def test_a_second_run_has_nothing_to_do(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    main(environment(cloud))
    capsys.readouterr()
    assert main(environment(cloud)) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500])
def test_a_refusal_stops_with_the_answer(cloud: Cloud, capsys: pytest.CaptureFixture[str], status: int) -> None:
    cloud.refuse = status
    assert main(environment(cloud)) == 1
    assert f"HTTP {status}" in capsys.readouterr().err


def test_an_answer_that_is_cut_off_stops_with_what_to_do(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.cut = True
    assert main(environment(cloud)) == 1
    assert "run pulumi destroy again" in capsys.readouterr().err


def test_what_is_missing_is_named(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    for name in environment(cloud):
        assert main(environment(cloud) | {name: ""}) == 2, (
            f"without {name} the program stops half-way: add it to NEEDED"
        )
        assert f"set {name}: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["TOPIC_PREFIXES", "SUBJECT_PREFIXES"])
@pytest.mark.parametrize("text", [",", "error_log,", "a,,b"])
def test_an_empty_prefix_which_is_that_of_every_name_deletes_nothing(cloud: Cloud, name: str, text: str) -> None:
    topics, subjects = set(cloud.topics), set(cloud.subjects)
    assert main(environment(cloud) | {name: text}) == 2
    assert (cloud.topics, cloud.subjects) == (topics, subjects)
