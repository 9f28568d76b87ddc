"""Altering a table once, against a server that imitates Flink's API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.confluent.alter import main
from tests.unit.server import Answer, Request, serving

ALL = "/sql/v1/organizations/org-1/environments/env-1/statements"
ADD = "ALTER TABLE `t` ADD (`offset` BIGINT METADATA VIRTUAL)"


class Flink:
    """Statements by name. Each GET advances a statement from PENDING to `ends`. The table accepts a column once."""

    def __init__(self) -> None:
        self.statements: dict[str, dict[str, Any]] = {}
        self.ran: list[str] = []
        self.refused = ""
        self.url = ""
        self.deleting = 0  # GETs that still show a deleted statement

    def submit(self, statement: dict[str, Any]) -> None:
        self.statements[statement["name"]] = {**statement, "status": {"phase": "PENDING"}}

    def move_on(self, name: str) -> None:
        statement = self.statements[name]
        if statement["status"]["phase"] == "DELETING":
            self.deleting -= 1
            if self.deleting < 0:
                del self.statements[name]
        elif statement["status"]["phase"] == "PENDING":
            text = statement["spec"]["statement"]
            detail = self.refused or ("column exists" if "ADD" in text and text in self.ran else "")
            statement["status"] = {"phase": "FAILED", "detail": detail} if detail else {"phase": "COMPLETED"}
            if not detail:
                self.ran.append(text)

    def respond(self, request: Request) -> Answer:
        name = request.path.removeprefix(f"{ALL}/")
        found = self.statements.get(name)
        if request.method == "POST":
            return self.post(request)
        if request.method == "DELETE":
            if found:
                found["status"] = {"phase": "DELETING"}
            return Answer(202 if found else 404)
        answer = Answer(200 if found else 404, json.loads(json.dumps(found or {})))
        if found:
            self.move_on(name)
        return answer

    def post(self, request: Request) -> Answer:
        if request.user() != "key:hunter2":
            return Answer(401, {"message": "no"})
        statement = request.json()
        if request.path != ALL:
            return Answer(404, {"message": "no such environment"})
        if statement["name"] in self.statements:
            return Answer(409, {"message": "a statement of this name exists"})
        self.submit(statement)
        return Answer(201, statement)


@pytest.fixture
def flink() -> Iterator[Flink]:
    found = Flink()
    with serving(found.respond) as found.url:
        yield found


def run(flink: Flink, action: str = "create", **changes: str) -> int:
    environment = {
        "FLINK_URL": flink.url,
        "FLINK_KEY": "key",
        "FLINK_SECRET": "hunter2",
        "ORGANIZATION": "org-1",
        "ENVIRONMENT": "env-1",
        "POOL": "lfcp-1",
        "PRINCIPAL": "sa-1",
        "NAME": "add",
        "STATEMENT": ADD,
        "PROPERTIES": '{"sql.current-catalog": "c"}',
        "ALTER_POLL_SECONDS": "0.01",
    }
    return main([action], environment | changes)


def test_the_table_is_altered_with_the_given_account_and_pool(flink: Flink) -> None:
    assert run(flink) == 0
    assert flink.ran == [ADD]
    spec = flink.statements["add"]["spec"]
    assert (spec["compute_pool_id"], spec["principal"]) == ("lfcp-1", "sa-1")
    assert spec["properties"] == {"sql.current-catalog": "c"}


def test_an_interrupted_up_adds_a_column_only_once(flink: Flink) -> None:
    assert run(flink) == 0
    assert run(flink) == 0, "the statement ran: the column is there"
    assert flink.ran == [ADD]


def test_a_failed_statement_runs_again(flink: Flink, capsys: pytest.CaptureFixture[str]) -> None:
    flink.refused = "not authorized"
    assert run(flink) == 1
    assert "statement add: FAILED: not authorized" in capsys.readouterr().err
    flink.refused = ""
    flink.deleting = 2
    assert run(flink) == 0
    assert flink.ran == [ADD]


def test_a_changed_text_replaces_the_old_statement(flink: Flink) -> None:
    assert run(flink) == 0
    assert run(flink, STATEMENT="ALTER TABLE `t` SET ('a' = 'b')") == 0
    assert flink.ran[1:] == ["ALTER TABLE `t` SET ('a' = 'b')"]


def test_destroy_deletes_the_statement_if_it_still_exists(flink: Flink) -> None:
    assert run(flink) == 0
    flink.deleting = 2
    assert run(flink, "delete") == 0
    assert flink.statements == {}, "a new table with that name must be altered again"
    assert run(flink, "delete") == 0, "the service forgot it 30 days after it ended"


def test_errors_are_reported(flink: Flink, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(flink, FLINK_SECRET="wrong") == 1
    assert "HTTP 401" in capsys.readouterr().err
    assert run(flink, ENVIRONMENT="env-2", ALTER_DEADLINE_SECONDS="0.05") == 1
    assert "HTTP 404" in capsys.readouterr().err, "what is not there can be read as absent, and not be made"
    assert run(flink, NAME="") == 2
    assert "set NAME" in capsys.readouterr().err
    flink.submit({"name": "add", "spec": {"statement": ADD}})
    flink.move_on = lambda name: None  # type: ignore[method-assign]
    assert run(flink, ALTER_DEADLINE_SECONDS="0.05") == 1
    assert "still PENDING at the deadline" in capsys.readouterr().err
    assert main(["both"], {}) == 2
