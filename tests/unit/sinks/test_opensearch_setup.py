"""The set-up command, run as by `pulumi up`, against a server that imitates a domain."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.credential_slots import CredentialSlots
from components.sinks.opensearch import setup as program
from components.sinks.opensearch.dashboard import saved_objects
from components.sinks.opensearch.definition import definition
from tests.unit.server import Answer, Request, run_module, serving

MASTER, PASSWORDS = "hush-master", {"cflt_sink_a": "hush-a", "cflt_sink_b": "hush-b"}
SECURITY = "/_plugins/_security/api"
CUT = 299


class Domain:
    """Keeps each PUT body by path. It answers `refusals` first, one per request; `calls` are the requests.

    The refusal CUT is an answer that ends in its middle, as when a node is lost.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {f"{SECURITY}/audit/config": {"enabled": False, "audit": {"enable_rest": True}}}
        self.objects: dict[tuple[str, str], Any] = {}
        self.refusals: list[int] = []
        self.calls: list[tuple[str, str]] = []
        self.import_errors: list[Any] = []
        self.url = ""

    def respond(self, request: Request) -> Answer:
        self.calls.append((request.method, request.path))
        status, body = self.answer(request.method, request.path, request.body, request.headers)
        cookie = {"Set-Cookie": "security_authentication=yes; Path=/_dashboards"}
        login = request.path.endswith("/auth/login")
        return Answer(status, body, cut=status == CUT, headers=cookie if login else None)

    def answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        if self.refusals:
            return self.refusals.pop(0), {"error": "not now"}
        if headers.get("authorization") != "Basic " + base64.b64encode(f"master:{MASTER}".encode()).decode():
            return 401, {}
        if method in ("GET", "DELETE") and body:
            return 400, {"error": "this request does not support having a body"}
        if body and not headers.get("content-type", "").startswith(("application/json", "multipart/form-data")):
            return 406, {"error": "Content-Type header is not supported"}
        if path.startswith("/_dashboards"):
            return self._dashboards(path, body, headers)
        if method == "PUT":
            created = path not in self.kept
            self.kept[path] = json.loads(body)
            return (201, {"status": "CREATED"}) if created else (200, {"status": "OK"})
        if method == "DELETE":
            return (200, {}) if self.kept.pop(path, None) is not None else (404, {})
        return self._get(path)

    def _get(self, path: str) -> tuple[int, Any]:
        if path == "/":
            return 200, {"version": {"number": "3.1.0"}}
        if path == f"{SECURITY}/audit":
            return 200, {"config": self.kept[f"{SECURITY}/audit/config"]}
        if path == f"{SECURITY}/internalusers":
            users = f"{SECURITY}/internalusers/"
            return 200, {"fraud-master": {}} | {p.removeprefix(users): {} for p in self.kept if p.startswith(users)}
        return (200, self.kept[path]) if path in self.kept else (404, {"error": "no such index"})

    def _dashboards(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        if headers.get("osd-xsrf") != "true":
            return 400, {"message": "Request must contain the osd-xsrf header"}
        if path == "/_dashboards/auth/login":
            given = json.loads(body) == {"username": "master", "password": MASTER}
            return (200, {}) if given else (401, {})
        if path != "/_dashboards/api/saved_objects/_import?overwrite=true":
            return 404, {}
        if "security_authentication=yes" not in headers.get("cookie", "") or headers.get("securitytenant") != "global":
            return 401, {"message": "log in first, and name the tenant"}
        boundary = headers["content-type"].split("boundary=")[1]
        part = body.split(f"--{boundary}".encode())[1]
        lines = part.split(b"\r\n\r\n", 1)[1].strip().splitlines()
        objects = [json.loads(line) for line in lines]
        self.objects |= {(one["type"], one["id"]): one for one in objects}
        return 200, {"success": not self.import_errors, "successCount": len(objects), "errors": self.import_errors}


@pytest.fixture
def domain() -> Iterator[Domain]:
    found = Domain()
    with serving(found.respond) as found.url:
        yield found


def environment(domain: Domain, slots: str = "a", **changes: str) -> dict[str, str]:
    setup = definition(CredentialSlots(slots), nodes=1)
    quick = {"SETUP_POLL_SECONDS": "0.02", "SETUP_DEADLINE_SECONDS": "0.3", "SETUP_REFUSED_SECONDS": "0.1"}
    wanted = {
        "OPENSEARCH_URL": domain.url,
        "OPENSEARCH_USER": "master",
        "OPENSEARCH_PASSWORD": MASTER,
        "SINK_PASSWORDS": json.dumps({user: PASSWORDS[user] for user in setup["users"]}),
        "SINK_SLOTS": slots,
        "DATA_NODES": "1",
    }
    return quick | wanted | changes


def test_the_command_of_pulumi_creates_everything_and_prints_no_secret(domain: Domain) -> None:
    run = run_module("components.sinks.opensearch.setup", **environment(domain))
    assert run.returncode == 0, run.stderr
    assert "hush" not in run.stdout + run.stderr, "the stack's state keeps the set-up's output"
    assert run.stdout.splitlines()[-1] == "done: dashboard"
    setup = definition(CredentialSlots("a"), nodes=1)
    assert domain.kept[f"{SECURITY}/roles/cflt_sink"] == setup["role"]["body"]
    # A backend role, such as admin, would add the rights of every role mapped to it.
    mapping = {"users": ["cflt_sink_a"], "backend_roles": [], "hosts": []}
    assert domain.kept[f"{SECURITY}/rolesmapping/cflt_sink"] == mapping
    user = {"password": "hush-a", "backend_roles": [], "attributes": {}}
    assert domain.kept[f"{SECURITY}/internalusers/cflt_sink_a"] == user
    assert sorted(path for path in domain.kept if path.startswith(f"{SECURITY}/")) == [
        f"{SECURITY}/{path}"
        for path in ("audit/config", "internalusers/cflt_sink_a", "roles/cflt_sink", "rolesmapping/cflt_sink")
    ], "the set-up creates one user, one role and one mapping"
    assert domain.kept[f"{SECURITY}/audit/config"] == {"enabled": True, "audit": {"enable_rest": True}}
    for index, body in setup["indices"].items():
        template = {"index_patterns": [index], "priority": 100, "template": body}
        assert domain.kept[f"/_index_template/{index}"] == template
        assert domain.calls.index(("PUT", f"/_index_template/{index}")) < domain.calls.index(("PUT", f"/{index}"))
    assert list(domain.objects.values()) == saved_objects()


def test_a_second_run_changes_nothing(domain: Domain) -> None:
    assert program.main(environment(domain)) == 0
    before = json.dumps(domain.kept, sort_keys=True)
    indices = [path for path in domain.kept if path in ("/fraud_alert", "/flagged_user", "/fraud_episode")]
    domain.calls.clear()
    assert program.main(environment(domain)) == 0
    after = {path: body for path, body in domain.kept.items() if not path.endswith(("/_mapping", "/_settings"))}
    assert json.dumps(after, sort_keys=True) == before
    assert len(indices) == 3 and not {("PUT", path) for path in indices} & set(domain.calls), "an index is created once"
    assert ("PUT", f"{SECURITY}/audit/config") not in domain.calls
    assert not [call for call in domain.calls if call[0] == "DELETE"]


def test_an_existing_index_gets_new_columns_and_settings(domain: Domain) -> None:
    domain.kept["/fraud_alert"] = {}
    assert program.main(environment(domain)) == 0
    body = definition(CredentialSlots("a"), nodes=1)["indices"]["fraud_alert"]
    assert domain.kept["/fraud_alert/_mapping"] == body["mappings"]
    assert domain.kept["/fraud_alert/_settings"] == body["settings"]


def test_a_rotation_adds_the_new_user_and_removes_the_old_one_last(
    domain: Domain, capsys: pytest.CaptureFixture[str]
) -> None:
    users = f"{SECURITY}/internalusers/"
    domain.kept[f"{users}analyst"] = {}
    for slots, expected in (("a", {"a"}), ("ab", {"a", "b"}), ("ba", {"a", "b"}), ("b", {"b"})):
        assert program.main(environment(domain, slots)) == 0
        found = {path.removeprefix(users) for path in domain.kept if path.startswith(users)}
        assert found == {f"cflt_sink_{slot}" for slot in expected} | {"analyst"}
        assert domain.kept[f"{SECURITY}/rolesmapping/cflt_sink"]["users"] == [
            f"cflt_sink_{s}" for s in sorted(expected)
        ]
    assert "removing user cflt_sink_a" in capsys.readouterr().out


def test_a_starting_domain_is_waited_for(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    domain.refusals = [503, 403, CUT, 502, 401, 504]
    patient = {"SETUP_DEADLINE_SECONDS": "20", "SETUP_REFUSED_SECONDS": "20"}
    assert program.main(environment(domain, **patient)) == 0, f"these are temporary: {capsys.readouterr().err}"
    assert "waiting: HTTP 503" in capsys.readouterr().out


def answering(domain: Domain, call: str, status: int, times: int = 1000) -> None:
    """Make the domain answer this call with the status a few times."""
    whole, left = domain.answer, [status] * times

    def answer(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        return (left.pop(), {}) if left and f"{method} {path}" == call else whole(method, path, body, headers)

    domain.answer = answer  # type: ignore[method-assign]


def test_a_concurrent_change_is_waited_for(domain: Domain) -> None:
    answering(domain, f"PUT {SECURITY}/roles/cflt_sink", 409, times=1)
    answering(domain, f"PUT {SECURITY}/rolesmapping/cflt_sink", 429, times=1)
    assert program.main(environment(domain)) == 0
    assert domain.kept[f"{SECURITY}/rolesmapping/cflt_sink"]["users"] == ["cflt_sink_a"]


def test_an_endless_change_fails_at_the_deadline(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    answering(domain, f"PUT {SECURITY}/roles/cflt_sink", 409)
    assert program.main(environment(domain)) == 1
    assert "role and users: not done at the deadline; the last answer was PUT" in capsys.readouterr().err


def test_only_expected_404_answers_are_accepted(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    answering(domain, f"PUT {SECURITY}/roles/cflt_sink", 404)
    assert program.main(environment(domain)) == 1, "a domain without the security plugin would look complete"
    assert "roles/cflt_sink answers HTTP 404" in capsys.readouterr().err


def test_an_index_behind_an_error_is_not_missing(domain: Domain) -> None:
    domain.kept["/fraud_alert"] = {}
    answering(domain, "GET /fraud_alert", 503, times=1)
    assert program.main(environment(domain)) == 0
    assert ("PUT", "/fraud_alert") not in domain.calls, "it exists"


def test_permanent_errors_are_reported_at_once(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    domain.refusals = [500]
    assert program.main(environment(domain)) == 1
    assert "the domain answers: HTTP 500" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (403, "access policy does not admit this address: add yours to operator_cidrs"),
        (401, "does not accept the master"),
    ],
)
def test_a_refusal_is_explained(domain: Domain, capsys: pytest.CaptureFixture[str], status: int, message: str) -> None:
    domain.refusals = [status] * 1000
    assert program.main(environment(domain)) == 1
    assert message in capsys.readouterr().err


def test_the_deadline_reports_the_last_answer(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    domain.refusals = [503] * 1000
    assert program.main(environment(domain)) == 1
    assert "not done at the deadline; the last answer was HTTP 503" in capsys.readouterr().err
    assert program.main(environment(domain, OPENSEARCH_URL="http://127.0.0.1:9")) == 1
    assert "the last answer was HTTP 0" in capsys.readouterr().err


def test_a_refusal_ends_the_set_up_without_printing_secrets(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Any]:
        refused = path.endswith("internalusers/cflt_sink_a")
        return (
            (400, {"reason": f"weak: {body.decode()} {MASTER}"})
            if refused
            else Domain.answer(domain, method, path, body, headers)
        )

    domain.answer = answer  # type: ignore[method-assign]
    assert program.main(environment(domain)) == 1
    printed = capsys.readouterr()
    assert "answers HTTP 400" in printed.err and "weak" in printed.err and "hush" not in printed.err + printed.out


def test_an_import_with_errors_is_a_failure(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    domain.import_errors = [{"id": "fraud-alert-count", "error": {"type": "unsupported_type"}}]
    assert program.main(environment(domain)) == 1
    assert "the dashboard was not imported" in (printed := capsys.readouterr().err) and "unsupported_type" in printed


def test_missing_variables_are_a_usage_error(domain: Domain, capsys: pytest.CaptureFixture[str]) -> None:
    optional = ("SETUP_POLL_SECONDS", "SETUP_DEADLINE_SECONDS", "SETUP_REFUSED_SECONDS")
    for name in environment(domain).keys() - set(optional):
        assert program.main(environment(domain) | {name: ""}) == 2, (
            f"without {name} it fails half-way: add it to NEEDED"
        )
        assert f"set {name} in the environment" in capsys.readouterr().err
    assert domain.calls == []
