"""Who may change anything: operators who sign in, or the one user of a local run."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.app.conftest import APP, OPERATOR, PASSWORD
from tests.app.test_app import client
from tests.app.test_cloud import setting

STRANGER = "203.0.113.9"
CHANGES = ["/api/frauds/large_amount", "/api/generator", "/api/verdicts"]


@pytest.fixture(autouse=True)
def _fresh(settings_of_app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No earlier attempts, and a quick hash: the real one is slow on purpose."""
    from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
    from transactions.login import LIMITER

    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
    settings_of_app.OPERATORS = {OPERATOR: make_password(PASSWORD)}
    LIMITER.storage.reset()
    yield
    LIMITER.storage.reset()


def stranger(**options: Any) -> Any:
    return client(signed_in=False, **options)


def sign_in(browser: Any, name: str = OPERATOR, password: str = PASSWORD, **headers: str) -> Any:
    return browser.post("/login", {"username": name, "password": password}, **headers)


def change(browser: Any, address: str = "/api/generator", body: str = '{"rate": 0}', **headers: str) -> Any:
    return browser.post(address, body, content_type="application/json", **headers)


@pytest.mark.parametrize("address", CHANGES)
def test_a_change_needs_an_operator(address: str) -> None:
    answer = change(stranger(), address, "{}")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), answer.content
    assert answer.json()["login"] == "/login" and "Sign in first" in answer.json()["detail"]


def test_reading_needs_no_operator() -> None:
    for address in ("/", "/api/state", "/api/alerts"):
        assert stranger().get(address).status_code == 200, address
    assert "Sign in" in stranger().get("/").content.decode()


def test_an_operator_signs_in_changes_and_signs_out() -> None:
    browser = stranger()
    answer = sign_in(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/"), answer.content
    assert change(browser).status_code == 200
    assert OPERATOR in browser.get("/").content.decode()
    assert browser.get("/logout").status_code == 405, "a link elsewhere must not sign anybody out"
    assert browser.post("/logout").status_code == 302
    assert change(browser).status_code == 401


def test_a_change_needs_a_token_even_with_a_session() -> None:
    browser = client(enforce_csrf_checks=True)
    assert change(browser).status_code == 403
    page = browser.get("/").content.decode()
    token = re.search('data-token="([^"]+)"', page)
    assert token and change(browser, HTTP_X_CSRFTOKEN=token[1]).status_code == 200


def test_the_session_cookie_is_kept_from_scripts_and_other_sites_and_lasts_twelve_hours(settings_of_app: Any) -> None:
    browser = stranger()
    sign_in(browser)
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", 12 * 3600)
    assert json.loads(setting("SESSION_COOKIE_SECURE", PLAIN_HTTP="").stdout) is True


def test_a_session_ends_after_twelve_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    browser, now = stranger(), time.time()
    sign_in(browser)
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 12 * 3600 - 5)
    assert change(browser).status_code == 200
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 12 * 3600 + 5)
    assert change(browser).status_code == 401


@pytest.mark.parametrize("later", [{}, {OPERATOR: "another password"}], ids=["removed", "another password"])
def test_a_removed_operator_and_an_old_password_end_the_session(settings_of_app: Any, later: dict[str, str]) -> None:
    from django.contrib.auth.hashers import make_password

    browser = stranger()
    sign_in(browser)
    assert change(browser).status_code == 200
    settings_of_app.OPERATORS = {name: make_password(password) for name, password in later.items()}
    assert change(browser).status_code == 401


@pytest.mark.parametrize(("name", "password"), [(OPERATOR, "wrong"), ("nobody", PASSWORD), (OPERATOR, ""), ("", "")])
def test_a_wrong_sign_in_is_told_and_logged_without_the_password(
    caplog: pytest.LogCaptureFixture, name: str, password: str
) -> None:
    with caplog.at_level(logging.INFO):
        answer = sign_in(stranger(), name, password)
    assert answer.status_code == 200 and "do not match" in answer.content.decode()
    (line,) = [record.getMessage() for record in caplog.records if "sign-in failed" in record.getMessage()]
    assert "127.0.0.1" in line and (OPERATOR in line) == (name == OPERATOR)
    assert PASSWORD not in caplog.text and "wrong" not in caplog.text


def test_a_password_in_the_wrong_field_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    sign_in(stranger(), PASSWORD, "x")
    assert PASSWORD not in caplog.text and "an unknown name" in caplog.text


def test_failures_are_limited_by_name_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        assert sign_in(stranger(), password="wrong").status_code == 200
    refused = sign_in(stranger())
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 300, "even the right password waits"
    assert f"again in {refused['Retry-After']} seconds" in refused.content.decode()
    assert sign_in(stranger(), REMOTE_ADDR=STRANGER).status_code == 302, "a stranger must not lock the operator out"


def test_failures_are_limited_by_address_whatever_the_name() -> None:
    answers = [sign_in(stranger(), f"name{number}", REMOTE_ADDR=STRANGER).status_code for number in range(21)]
    assert answers == [200] * 20 + [429]
    assert sign_in(stranger()).status_code == 302, "others sign in meanwhile"


def test_success_forgets_the_failures() -> None:
    for _ in range(2):
        for _ in range(4):
            sign_in(stranger(), password="wrong")
        assert sign_in(stranger()).status_code == 302


def test_only_a_load_balancer_says_whose_address_it_is(settings_of_app: Any) -> None:
    from django.test import RequestFactory
    from transactions.login import address_of

    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=f"198.51.100.1, {STRANGER}", REMOTE_ADDR="10.0.0.7")
    assert address_of(request) == "10.0.0.7", "anybody may send the header"
    settings_of_app.BEHIND_LOAD_BALANCER = True
    assert address_of(request) == STRANGER, "the client wrote the first one, the load balancer the last"


def test_an_unknown_name_takes_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.auth import authenticate
    from django.contrib.auth.hashers import PBKDF2PasswordHasher

    hashed: list[int] = []
    encode = PBKDF2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str, iterations: int | None = None) -> str:
        hashed.append(iterations or self.iterations)
        return encode(self, password, salt, iterations)

    monkeypatch.setattr(PBKDF2PasswordHasher, "encode", counted)
    for name in (OPERATOR, "nobody"):
        assert authenticate(None, username=name, password="wrong") is None
    assert len(hashed) == 2 and hashed[0] == hashed[1], "the time of an answer would tell which names exist"


def test_no_table_is_read_or_written_to_sign_in() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = stranger()
    with CaptureQueriesContext(connection) as queries:
        sign_in(browser)
        change(browser)
    assert not queries.captured_queries


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_sign_in_never_leads_elsewhere(target: str) -> None:
    answer = stranger().post("/login", {"username": OPERATOR, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/"


class Fields(HTMLParser):
    """The ids of a page's inputs, and what their labels are for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inputs: set[str] = set()
        self.labels: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "input" and found.get("type") != "hidden":
            self.inputs.add(str(found["id"]))
        if tag == "label":
            self.labels.add(str(found["for"]))


def test_the_form_is_labelled_strict_and_shows_a_name_as_text() -> None:
    page = sign_in(stranger(), '"><script>alert(1)</script>', "x").content.decode()
    fields = Fields(page)
    assert fields.inputs == fields.labels == {"id_username", "id_password"}
    assert "<script" not in page and "style=" not in page and 'autocomplete="current-password"' in page


def test_without_operators_the_page_says_that_it_is_only_read(settings_of_app: Any) -> None:
    settings_of_app.OPERATORS = {}
    assert "Read only" in stranger().get("/").content.decode()
    assert "no operators" in stranger().get("/login").content.decode()
    assert "only read" in change(stranger()).json()["detail"]
    assert sign_in(stranger()).status_code == 200


def test_a_local_run_signs_its_user_in_by_itself_and_says_so(settings_of_app: Any) -> None:
    settings_of_app.LOCAL_OPERATOR = "you"
    browser = stranger()
    assert change(browser).status_code == 200
    assert "Signed in by itself as you" in browser.get("/").content.decode()
    assert change(stranger(enforce_csrf_checks=True)).status_code == 403, "other sites' pages still need the token"


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "::", "example.org"])
def test_only_this_machine_is_signed_in_by_itself(settings_of_app: Any, host: str) -> None:
    from django.core.management import CommandError
    from transactions.operators import check_host

    check_host(host)
    settings_of_app.LOCAL_OPERATOR = "you"
    with pytest.raises(CommandError, match=re.escape(f"the host {host} is refused; use --host 127.0.0.1")):
        check_host(host)
    for local in ("127.0.0.1", "::1", "localhost"):
        check_host(local)


def test_serve_refuses_to_sign_others_in() -> None:
    done = manage("serve", "--host", "0.0.0.0", "--port", "0", LOCAL_OPERATOR="you")
    assert done.returncode == 1 and "the host 0.0.0.0 is refused" in done.stderr


GOOD = "pbkdf2_sha256$1000000$salt$" + "a" * 43 + "="


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("[", ["no JSON object"]),
        ('["anna"]', ["no JSON object"]),
        ("{}", ["names nobody"]),
        (
            json.dumps({"anna": "hunter2", "": GOOD}),
            ["2 problem(s)", "'anna' is no hash", "the name '' is not allowed"],
        ),
        (json.dumps({"anna": "md5$salt$abc", "bob": None}), ["'anna' is no hash", "'bob' is no hash"]),
        (json.dumps({"anna": GOOD.replace("1000000", "10")}), ["10 iterations, fewer than 600000"]),
    ],
)
def test_bad_operators_are_refused_at_the_start_all_at_once(text: str, messages: list[str]) -> None:
    told = setting("OPERATORS", OPERATORS=text).stderr
    assert all(message in told for message in messages), told
    assert "hunter2" not in told and GOOD not in told


def test_a_bad_local_operator_is_refused() -> None:
    assert "LOCAL_OPERATOR is 'a b'" in setting("OPERATORS", LOCAL_OPERATOR="a b").stderr


def manage(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=APP,
        env={**os.environ, **environment},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_makes_an_entry_that_signs_in(settings_of_app: Any) -> None:
    from django.contrib.auth.hashers import check_password
    from fraudapp.operators import read

    done = manage("operator", "bob", stdin="a long pass phrase\n", OPERATORS=json.dumps({"anna": GOOD}))
    found = read(done.stdout)
    assert found["anna"] == GOOD, "the present operators stay"
    assert check_password("a long pass phrase", found["bob"]) and "long pass" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "password", "message"),
    [("a b", "a long pass phrase", "'a b' is not allowed"), ("bob", "short", "at least 12"), ("bob", "", "12")],
)
def test_the_command_refuses_bad_names_and_passwords(name: str, password: str, message: str) -> None:
    done = manage("operator", name, stdin=f"{password}\n")
    assert done.returncode == 1 and message in done.stderr and not done.stdout
