"""Whatever goes wrong under /api is told as problem details, never as HTML."""

from __future__ import annotations

from typing import Any

import pytest


def client(**options: Any) -> Any:
    from django.test import Client

    return Client(raise_request_exception=False, **options)


def is_problem(answer: Any, status: int) -> bool:
    body = answer.json()
    return (answer.status_code, answer["Content-Type"], body["status"]) == (status, "application/problem+json", status)


def test_an_unknown_address_under_api_is_a_problem_and_elsewhere_a_page() -> None:
    answer = client().get("/api/nothing")
    assert is_problem(answer, 404) and answer.json()["detail"] and answer.json()["title"] == "Not Found"
    assert client().get("/nothing")["Content-Type"].startswith("text/html")


def test_a_wrong_method_names_the_right_ones() -> None:
    answer = client().delete("/api/generator")
    assert is_problem(answer, 405) and answer["Allow"] == "POST"


def test_a_mistake_of_the_server_is_a_problem_without_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import live

    monkeypatch.setattr(live.Live, "state", lambda _self: 1 / 0)
    answer = client().get("/api/state")
    assert is_problem(answer, 500) and "ZeroDivision" not in answer.content.decode()


def test_a_foreign_host_is_a_problem() -> None:
    assert is_problem(client(headers={"host": "elsewhere.example"}).get("/api/state"), 400)
