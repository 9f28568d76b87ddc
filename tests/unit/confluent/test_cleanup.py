"""The clean-up of `pulumi destroy`, against a server that imitates the REST APIs of Kafka and the registry."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest

from components.confluent.cleanup import main
from tests.unit.server import Answer, Request, run_module, serving

MODULE = "components.confluent.cleanup"


class Cloud:
    """Topics and subjects; a subject needs two deletions."""

    def __init__(self) -> None:
        self.topics = {"error_log", "dlq-lcc-1", "__orcl-heartbeat.lcc-2.fd", "auth_user", "somebodys_error_log"}
        self.subjects = {"error_log-value", "fd.SAMPLE.AUTH_USER-value", "fd.a/b-value", "auth_user-value", "old.fd.x"}
        self.hidden: set[str] = set()
        self.refuse = 0
        self.gone = False  # everything listed is gone when it is deleted
        self.cut = False  # cut each answer in its middle
        self.url = ""

    def respond(self, request: Request) -> Answer:
        # Kafka and the registry each know their own key.
        whose = "kafka" if request.path.startswith("/kafka") else "registry"
        known = request.user() == f"{whose}:hush-{whose}"
        status, body = (self.delete if request.method == "DELETE" else self.get)(request.path) if known else (401, {})
        return Answer(status, body, cut=self.cut)

    def get(self, path: str) -> tuple[int, object]:
        if path == "/subjects":
            return 200, sorted(self.subjects)
        if path == "/kafka/v3/clusters/lkc-1/topics":
            return 200, {"data": [{"topic_name": name} for name in sorted(self.topics)]}
        return 404, {}

    def delete(self, path: str) -> tuple[int, object]:
        parts = urlsplit(path)
        name = unquote(parts.path.rpartition("/")[2])
        if self.refuse or self.gone:
            return self.refuse or 404, {"message": "no"}
        if path.startswith("/kafka"):
            self.topics.remove(name)
            return 204, None
        if parts.query == "permanent=true":
            self.hidden.remove(name)
        else:
            self.subjects.remove(name)
            self.hidden.add(name)
        return 200, [1]


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    found = Cloud()
    with serving(found.respond) as found.url:
        yield found


def environment(cloud: Cloud) -> dict[str, str]:
    return {
        "KAFKA_REST": cloud.url,
        "CLUSTER": "lkc-1",
        "KAFKA_KEY": "kafka",
        "KAFKA_SECRET": "hush-kafka",
        "REGISTRY_URL": cloud.url,
        "REGISTRY_KEY": "registry",
        "REGISTRY_SECRET": "hush-registry",
        "TOPIC_PREFIXES": "error_log,dlq-lcc,__orcl-heartbeat.lcc",
        "SUBJECT_PREFIXES": "error_log,fd.",
    }


def test_only_undeclared_topics_and_subjects_are_deleted(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(environment(cloud)) == 0
    assert cloud.topics == {"auth_user", "somebodys_error_log"}, "the clean-up must keep declared and foreign topics"
    assert cloud.subjects == {"auth_user-value", "old.fd.x"}, "a name must begin with a prefix, not only contain it"
    assert cloud.hidden == set(), "a hidden subject comes back with its name: delete it permanently"
    assert "hush" not in (printed := capsys.readouterr().out), "the stack's state keeps the clean-up's output"
    assert "deleted /subjects/error_log-value" in printed


def test_the_command_of_pulumi_cleans_up(cloud: Cloud) -> None:
    done = run_module(MODULE, **environment(cloud))
    assert done.returncode == 0 and "error_log" not in cloud.topics, done.stderr
    cloud.refuse, cloud.topics = 403, {"error_log"}
    assert run_module(MODULE, **environment(cloud)).returncode == 1, "the engine sees only the exit code: return main's"


def test_a_topic_that_is_already_gone_is_no_failure(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.gone = True
    assert main(environment(cloud)) == 0, f"a connector may delete its own topic: {capsys.readouterr().err}"


def test_a_second_run_has_nothing_to_do(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    main(environment(cloud))
    capsys.readouterr()
    assert main(environment(cloud)) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("status", [401, 403, 409, 429, 500])
def test_a_refusal_stops_with_the_services_answer(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    cloud.refuse = status
    assert main(environment(cloud)) == 1
    assert f"HTTP {status}" in capsys.readouterr().err


def test_an_incomplete_answer_stops_with_a_fix(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    cloud.cut = True
    assert main(environment(cloud)) == 1
    assert "run pulumi destroy again" in capsys.readouterr().err


def test_missing_variables_are_named(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    for name in environment(cloud):
        assert main(environment(cloud) | {name: ""}) == 2, (
            f"without {name} the command fails half-way: add it to NEEDED"
        )
        assert f"set {name}: " in capsys.readouterr().err


@pytest.mark.parametrize("name", ["TOPIC_PREFIXES", "SUBJECT_PREFIXES"])
@pytest.mark.parametrize("text", [",", "error_log,", "a,,b"])
def test_an_empty_prefix_deletes_nothing(cloud: Cloud, name: str, text: str) -> None:
    topics, subjects = set(cloud.topics), set(cloud.subjects)
    assert main(environment(cloud) | {name: text}) == 2
    assert (cloud.topics, cloud.subjects) == (topics, subjects)
