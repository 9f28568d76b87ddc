"""The clean-up of `pulumi destroy`, against a server that answers as Kafka's and the registry's REST do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest

from components.confluent.cleanup import main


class Cloud(ThreadingHTTPServer):
    """Topics and subjects; a subject goes for good only when it was deleted before."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.topics = {"error_log", "dlq-lcc-1", "__orcl-heartbeat.lcc-2.fd", "auth_user", "somebody_elses"}
        self.subjects = {"error_log-value", "fd.SAMPLE.AUTH_USER-value", "auth_user-value"}
        self.hidden: set[str] = set()
        self.refuse = 0


class Answers(BaseHTTPRequestHandler):
    server: Cloud  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        if self.path == "/subjects":
            self._answer(200, sorted(self.server.subjects))
        else:
            self._answer(200, {"data": [{"topic_name": name} for name in sorted(self.server.topics)]})

    def do_DELETE(self) -> None:
        cloud, parts = self.server, urlsplit(self.path)
        name = unquote(parts.path.rpartition("/")[2])
        if cloud.refuse:
            self._answer(cloud.refuse, {"message": "not authorized"})
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

    def _answer(self, status: int, body: object) -> None:
        self.send_response(status)
        self.end_headers()
        if body is not None:
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def environment(cloud: Cloud) -> dict[str, str]:
    url = f"http://127.0.0.1:{cloud.server_port}"
    return {
        "KAFKA_REST": url,
        "CLUSTER": "lkc-1",
        "KAFKA_KEY": "k",
        "KAFKA_SECRET": "hush",
        "REGISTRY_URL": url,
        "REGISTRY_KEY": "k",
        "REGISTRY_SECRET": "hush",
        "TOPIC_PREFIXES": "error_log,dlq-lcc,__orcl-heartbeat.lcc",
        "SUBJECT_PREFIXES": "error_log,fd.",
    }


def test_only_what_nobody_declared_is_deleted(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(environment(cloud)) == 0
    assert cloud.topics == {"auth_user", "somebody_elses"}, "declared and foreign topics are not the clean-up's"
    assert cloud.subjects == {"auth_user-value"}
    assert cloud.hidden == set(), "a subject that is only hidden comes back with its name: delete it for good"
    assert "hush" not in capsys.readouterr().out


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


def test_what_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main({}) == 2
    assert "KAFKA_REST" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["TOPIC_PREFIXES", "SUBJECT_PREFIXES"])
@pytest.mark.parametrize("text", [",", "error_log,", "a,,b"])
def test_an_empty_prefix_which_is_that_of_every_name_deletes_nothing(cloud: Cloud, name: str, text: str) -> None:
    topics, subjects = set(cloud.topics), set(cloud.subjects)
    assert main(environment(cloud) | {name: text}) == 2
    assert (cloud.topics, cloud.subjects) == (topics, subjects)
