"""Create the content of an OpenSearch domain: `pulumi up` runs `python -m components.sinks.opensearch.setup`.

`components.sinks.opensearch.definition` defines the content. Reads the environment:
    OPENSEARCH_URL, OPENSEARCH_USER, OPENSEARCH_PASSWORD    the domain and its master user
    SINK_PASSWORDS    JSON, the password of each sink user
    SINK_SLOTS    the slots of the sink users, e.g. `ab`
    DATA_NODES    how many nodes hold data
    SETUP_DEADLINE_SECONDS, SETUP_REFUSED_SECONDS, SETUP_POLL_SECONDS    optional

It uses `requests`, as the other local commands do: OpenSearch's client cannot import the dashboard, does not simplify
retries, and would be one more dependency of every deploy.

It is idempotent, and prints each step without secrets. Exits 0 on success, 1 with the reason for a failure, 2 for a
missing variable.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from ...credential_slots import CredentialSlots
from ...rest import Service
from ...waiting import Deadline, NotYetError
from .definition import definition

DEADLINE_SECONDS = 900.0
REFUSED_SECONDS = 120.0
POLL_SECONDS = 5.0

NEEDED = ("OPENSEARCH_URL", "OPENSEARCH_USER", "OPENSEARCH_PASSWORD", "SINK_PASSWORDS", "SINK_SLOTS", "DATA_NODES")
SECURITY = "/_plugins/_security/api"
DASHBOARDS = "/_dashboards"
# No answer, and the answers of a domain that is starting, busy, or already changing its security configuration.
PASSING = (0, 409, 429, 502, 503, 504)
REFUSED = {
    401: "the domain does not accept the master user's name and password",
    403: "the domain's access policy does not admit this address: add yours to operator_cidrs",
}


class SetupError(Exception):
    """The domain refuses a request, or does not answer in time."""


class Domain:
    """HTTP calls to the domain, retried until the deadline."""

    def __init__(self, env: dict[str, str]) -> None:
        user, password = env["OPENSEARCH_USER"], env["OPENSEARCH_PASSWORD"]
        self._login = {"username": user, "password": password}
        self._service = Service(env["OPENSEARCH_URL"], user, password)
        self._deadline = Deadline.of(env, "SETUP", seconds=DEADLINE_SECONDS, poll=POLL_SECONDS)
        self._patience = float(env.get("SETUP_REFUSED_SECONDS", REFUSED_SECONDS))

    def wait(self) -> None:
        """Wait until the domain answers the master user.

        A new domain refuses until its policy and users have spread to all nodes; a later refusal is an error.
        """
        patience: Deadline | None = None

        def check() -> None:
            nonlocal patience
            status, answer = self._send("GET", "/")
            if status in REFUSED:
                patience = patience or Deadline(self._patience)
                if patience.passed():
                    raise SetupError(f"HTTP {status}: {REFUSED[status]}")
            if status != 200:
                raise (NotYetError if status in (*PASSING, *REFUSED) else SetupError)(f"HTTP {status}: {answer[:500]}")

        self._until(check)

    def call(self, method: str, path: str, body: Any = None, *, missing: bool = False, **content: Any) -> Any:
        """The JSON answer; None for a 404 with `missing`."""

        def ask() -> Any:
            status, answer = self._send(method, path, json=body, **content)
            if status in (200, 201):
                return json.loads(answer or "null")
            if status == 404 and missing:
                return None
            refusal = NotYetError if status in PASSING else SetupError
            raise refusal(f"{method} {path} answers HTTP {status}: {answer[:500]}")

        return self._until(ask)

    def import_objects(self, objects: list[dict[str, Any]]) -> Any:
        """Import saved objects into the global tenant and overwrite objects with the same id."""
        headers = {"osd-xsrf": "true", "securitytenant": "global"}
        self.call("POST", f"{DASHBOARDS}/auth/login", self._login, headers=headers)
        lines = "".join(f"{json.dumps(one)}\n" for one in objects)
        form = {"file": ("objects.ndjson", lines, "application/ndjson")}
        path = f"{DASHBOARDS}/api/saved_objects/_import?overwrite=true"
        return self.call("POST", path, headers=headers, files=form)

    def _until(self, attempt: Callable[[], Any]) -> Any:
        try:
            return self._deadline.until(attempt, "waiting")
        except NotYetError as state:
            raise SetupError(f"not done at the deadline; the last answer was {state}") from None

    def _send(self, method: str, path: str, **content: Any) -> tuple[int, str]:
        """Status and text of an answer; 0 and the reason without one."""
        try:
            answer = self._service.send(method, path, **content)
        except OSError as error:
            return 0, str(error)
        return answer.status_code, answer.content.decode(errors="replace")


def make_access(domain: Domain, setup: dict[str, Any], passwords: dict[str, str]) -> None:
    """Create the sink's role and users, and delete users of removed slots."""
    name, users = setup["role"]["name"], setup["users"]
    domain.call("PUT", f"{SECURITY}/roles/{name}", setup["role"]["body"])
    for user in users:
        body: dict[str, Any] = {"password": passwords[user], "backend_roles": [], "attributes": {}}
        domain.call("PUT", f"{SECURITY}/internalusers/{user}", body)
    mapping: dict[str, Any] = {"users": users, "backend_roles": [], "hosts": []}
    domain.call("PUT", f"{SECURITY}/rolesmapping/{name}", mapping)
    for user in sorted(domain.call("GET", f"{SECURITY}/internalusers")):
        if user.startswith(f"{name}_") and user not in users:
            print(f"removing user {user}", flush=True)
            domain.call("DELETE", f"{SECURITY}/internalusers/{user}", missing=True)


def make_audit(domain: Domain) -> None:
    """Enable the audit log: the domain's settings publish it, but do not enable it."""
    config = domain.call("GET", f"{SECURITY}/audit")["config"]
    if not config["enabled"]:
        domain.call("PUT", f"{SECURITY}/audit/config", config | {"enabled": True})


def make_indices(domain: Domain, setup: dict[str, Any]) -> None:
    """Create each index and its template, so that the dashboard has its columns before the first alert.

    An existing index gets new columns of the mapping; the domain refuses a changed type.
    """
    for name, body in setup["indices"].items():
        template = {"index_patterns": [name], "priority": 100, "template": body}
        domain.call("PUT", f"/_index_template/{name}", template)
        if domain.call("GET", f"/{name}", missing=True) is None:
            domain.call("PUT", f"/{name}", {})
        else:
            domain.call("PUT", f"/{name}/_mapping", body["mappings"])
            domain.call("PUT", f"/{name}/_settings", body["settings"])


def make_dashboard(domain: Domain, setup: dict[str, Any]) -> None:
    """Import the saved objects; a refused object fails the deploy."""
    answer = domain.import_objects(setup["saved_objects"])
    if not answer.get("success"):
        raise SetupError(f"the dashboard was not imported: {json.dumps(answer.get('errors', answer))[:1000]}")


def main(env: dict[str, str]) -> int:
    if missing := [name for name in NEEDED if not env.get(name)]:
        print(f"set {', '.join(missing)} in the environment", file=sys.stderr)
        return 2
    domain, passwords = Domain(env), json.loads(env["SINK_PASSWORDS"])
    setup = definition(CredentialSlots(env["SINK_SLOTS"]), int(env["DATA_NODES"]))
    steps: list[tuple[str, Callable[[], None]]] = [
        ("the domain answers", domain.wait),
        ("audit log", lambda: make_audit(domain)),
        ("indices", lambda: make_indices(domain, setup)),
        ("role and users", lambda: make_access(domain, setup, passwords)),
        ("dashboard", lambda: make_dashboard(domain, setup)),
    ]
    for name, step in steps:
        try:
            step()
        except SetupError as error:
            print(_without([*passwords.values(), env["OPENSEARCH_PASSWORD"]], f"{name}: {error}"), file=sys.stderr)
            return 1
        print(f"done: {name}", flush=True)
    return 0


def _without(secrets: list[str], text: str) -> str:
    """Mask secrets that an answer repeats."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return text


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
