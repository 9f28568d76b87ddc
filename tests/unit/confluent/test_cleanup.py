"""The clean-up of `pulumi destroy`, against a server that answers as Kafka's and the registry's REST do."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import pytest

from components.confluent.cleanup import main
from tests.unit.server import Answer, Request, run_module, serving

MODULE = "components.confluent.cleanup"


class Cloud:
    """Topics and subjects; a subject goes for good only when it was deleted before."""

    def __init__(self) -> None:
        self.topics = {"error_log", "dlq-lcc-1", "__orcl-heartbeat.lcc-2.fd", "auth_user", "somebodys_error_log"}
        self.subjects = {"error_log-value", "fd.SAMPLE.AUTH_USER-value", "fd.a/b-value", "auth_user-value", "old.fd.x"}
        self.hidden: set[str] = set()
        self.refuse = 0
        self.gone = False  # everything that was listed, when it is deleted
        self.cut = False  # each answer, in its middle
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


def test_only_what_nobody_declared_is_deleted(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(environment(cloud)) == 0
    assert cloud.topics == {"auth_user", "somebodys_error_log"}, "declared and foreign topics are not the clean-up's"
    assert cloud.subjects == {"auth_user-value", "old.fd.x"}, "a name only has to begin with a prefix: not contain it"
    assert cloud.hidden == set(), "a subject that is only hidden comes back with its name: delete it for good"
    assert "hush" not in (printed := capsys.readouterr().out), "what the clean-up prints is kept in the stack's state"
    assert "deleted /subjects/error_log-value" in printed


def test_run_as_pulumi_does_it_cleans_up(cloud: Cloud) -> None:
    done = run_module(MODULE, **environment(cloud))
    assert done.returncode == 0 and "error_log" not in cloud.topics, done.stderr
    cloud.refuse, cloud.topics = 403, {"error_log"}
    assert run_module(MODULE, **environment(cloud)).returncode == 1, (
        "the exit code is all that the engine looks at: pass on that of main"
    )


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
