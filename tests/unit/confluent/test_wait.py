"""The gates' wait command, run as by `pulumi up`, against a small HTTP server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.server import Answer, Prepared, Request, run_module, serving

SECRET = "hush-hush"


class Service(Prepared):
    """Answers by path; `keys` are the callers' keys."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: set[str] = set()

    def respond(self, request: Request) -> Answer:
        self.keys.add(request.user())
        return Answer(*self.next(request.path))


@pytest.fixture
def service() -> Iterator[Service]:
    found = Service()
    with serving(found.respond) as found.url:
        yield found


def wait(kind: str, **environment: str) -> subprocess.CompletedProcess[str]:
    quick = {"GATE_POLL_SECONDS": "0.05", "GATE_DEADLINE_SECONDS": "0.5"}
    done = run_module("components.confluent.wait", kind, **quick | environment)
    assert SECRET not in done.stdout + done.stderr, "the stack's state keeps the gate's output"
    return done


def connector(service: Service, *answers: tuple[int, Any]) -> subprocess.CompletedProcess[str]:
    service.answers["/connect/v1/environments/env-1/clusters/lkc-1/connectors/source/status"] = list(answers)
    return wait(
        "connector",
        CONFLUENT_API=service.url,
        ENVIRONMENT="env-1",
        CLUSTER="lkc-1",
        CONNECTOR="source",
        CONFLUENT_CLOUD_API_KEY="key",
        CONFLUENT_CLOUD_API_SECRET=SECRET,
    )


def status(connector_state: str, *tasks: str) -> tuple[int, Any]:
    return 200, {"connector": {"state": connector_state}, "tasks": [{"state": task} for task in tasks]}


def test_the_gate_opens_when_connector_and_tasks_run(service: Service) -> None:
    starting = [(404, {}), (503, {}), status("PROVISIONING"), status("RUNNING", "UNASSIGNED")]
    done = connector(service, *starting, status("RUNNING", "RUNNING"))
    assert done.returncode == 0, done.stderr
    assert "connector: open" in done.stdout and "RUNNING, UNASSIGNED" in done.stdout
    assert service.keys == {f"key:{SECRET}"}


def test_the_users_netrc_is_ignored(service: Service, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    service.answers["/subjects/a-value/versions/latest"] = [(200, {"id": 1})]
    registry = {"REGISTRY_URL": service.url, "REGISTRY_KEY": "key", "REGISTRY_SECRET": SECRET}
    assert wait("subjects", SUBJECTS="a-value", HOME=str(tmp_path), **registry).returncode == 0
    assert service.keys == {f"key:{SECRET}"}


@pytest.mark.parametrize("passing", [(0, None), (200, b"<html>We are back soon</html>"), (200, b"")])
def test_an_incomplete_or_missing_answer_is_retried(service: Service, passing: tuple[int, Any]) -> None:
    done = connector(service, passing, status("RUNNING"))
    assert done.returncode == 0, f"retry after such an answer\n{done.stderr}"


def test_a_failed_task_ends_the_wait_at_once(service: Service) -> None:
    done = connector(service, status("RUNNING", "RUNNING", "FAILED"), status("RUNNING", "RUNNING", "RUNNING"))
    assert done.returncode == 1 and "FAILED" in done.stderr, "a failed task does not restart by itself"


def test_a_failed_connector_ends_the_wait_at_once_with_its_trace(service: Service) -> None:
    done = connector(service, (200, {"connector": {"state": "FAILED", "trace": "ORA-01017"}, "tasks": []}))
    assert done.returncode == 1 and "FAILED" in done.stderr and "ORA-01017" in done.stderr


def test_the_deadline_reports_the_last_answer(service: Service) -> None:
    done = connector(service, status("PROVISIONING"))
    assert done.returncode == 1 and "still closed at the deadline; last answer: PROVISIONING" in done.stderr


def subjects(service: Service, *names: str) -> subprocess.CompletedProcess[str]:
    registry = {"REGISTRY_URL": service.url, "REGISTRY_KEY": "key", "REGISTRY_SECRET": SECRET}
    return wait("subjects", SUBJECTS=",".join(names), **registry)


def test_the_gate_opens_when_every_subject_exists(service: Service) -> None:
    service.answers["/subjects/a-value/versions/latest"] = [(200, {"id": 1})]
    service.answers["/subjects/b-value/versions/latest"] = [(404, {}), (404, {}), (200, {"id": 2})]
    done = subjects(service, "a-value", "b-value")
    assert done.returncode == 0 and "missing: b-value (HTTP 404" in done.stdout, done.stderr


@pytest.mark.parametrize("refusal", [401, 403])
def test_a_refused_key_is_reported_at_once(service: Service, refusal: int) -> None:
    service.answers["/subjects/a-value/versions/latest"] = [(refusal, {}), (200, {"id": 1})]
    done = subjects(service, "a-value")
    assert done.returncode == 1 and "the key may not read it; check its role" in done.stderr


def test_missing_or_empty_variables_and_unknown_gates_are_usage_errors() -> None:
    missing = wait("connector", ENVIRONMENT="env-1", CONFLUENT_CLOUD_API_SECRET="")
    assert missing.returncode == 2
    assert "CLUSTER, CONNECTOR, CONFLUENT_CLOUD_API_KEY, CONFLUENT_CLOUD_API_SECRET" in missing.stderr
    missing = wait("subjects", REGISTRY_SECRET="")
    assert missing.returncode == 2 and "REGISTRY_URL, REGISTRY_KEY, REGISTRY_SECRET, SUBJECTS" in missing.stderr
    unknown = wait("moon")
    assert unknown.returncode == 2 and "{connector,subjects}" in unknown.stderr


def test_an_unreachable_service_is_retried() -> None:
    registry = {"REGISTRY_URL": "http://127.0.0.1:9", "REGISTRY_KEY": "key", "REGISTRY_SECRET": SECRET}
    done = wait("subjects", SUBJECTS="a-value", **registry)
    assert done.returncode == 1 and "HTTP 0" in done.stderr
