"""Wait for a gate: `pulumi up` runs `python -m components.confluent.wait KIND`.

Reads the environment, prints progress, and exits 0 when the gate is open, 1 at the deadline with the last answer,
2 for a missing variable.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from ..rest import Service
from ..waiting import Deadline, NotYetError

POLL_SECONDS = 5.0
DEADLINE_SECONDS = 900.0
TIMEOUT_SECONDS = 20
API = "https://api.confluent.cloud"


def get(service: Service, path: str) -> tuple[int, dict[str, Any] | str]:
    """Status and JSON body of a GET; 0 and the reason without a complete answer."""
    try:
        answer = service.send("GET", path)
        return answer.status_code, answer.json() if answer.status_code == 200 else answer.reason
    except OSError as error:
        return 0, str(error)


def connector(env: dict[str, str]) -> None:
    """Raises NotYetError until the connector and its tasks are RUNNING."""
    path = (
        f"/connect/v1/environments/{env['ENVIRONMENT']}/clusters/{env['CLUSTER']}/connectors/{env['CONNECTOR']}/status"
    )
    key, secret = env["CONFLUENT_CLOUD_API_KEY"], env["CONFLUENT_CLOUD_API_SECRET"]
    status, body = get(Service(env.get("CONFLUENT_API", API), key, secret, timeout=TIMEOUT_SECONDS), path)
    if status != 200 or not isinstance(body, dict):
        raise NotYetError(f"HTTP {status}: {body}")
    states = [body["connector"]["state"], *(task["state"] for task in body.get("tasks", []))]
    if "FAILED" in states:
        raise SystemExit(
            f"connector {env['CONNECTOR']} FAILED: {json.dumps(body)[:1000]}; fix the cause, restart the "
            "connector in Confluent's console, then `pulumi up` again"
        )
    if any(state != "RUNNING" for state in states):
        raise NotYetError(", ".join(states))


def subjects(env: dict[str, str]) -> None:
    """Raises NotYetError until all subjects exist in Schema Registry."""
    registry = Service(env["REGISTRY_URL"], env["REGISTRY_KEY"], env["REGISTRY_SECRET"], timeout=TIMEOUT_SECONDS)
    missing = list[str]()
    for subject in env["SUBJECTS"].split(","):
        status, body = get(registry, f"/subjects/{subject}/versions/latest")
        if status in (401, 403):
            raise SystemExit(f"Schema Registry answers {status} for {subject}: the key may not read it; check its role")
        if status != 200:
            missing.append(f"{subject} (HTTP {status}: {body})")
    if missing:
        raise NotYetError("missing: " + ", ".join(missing))


GATES: dict[str, tuple[Callable[[dict[str, str]], None], tuple[str, ...]]] = {
    "connector": (
        connector,
        ("ENVIRONMENT", "CLUSTER", "CONNECTOR", "CONFLUENT_CLOUD_API_KEY", "CONFLUENT_CLOUD_API_SECRET"),
    ),
    "subjects": (subjects, ("REGISTRY_URL", "REGISTRY_KEY", "REGISTRY_SECRET", "SUBJECTS")),
}


def main(arguments: list[str], env: dict[str, str]) -> int:
    if len(arguments) != 1 or arguments[0] not in GATES:
        print(f"usage: python -m {__spec__.name} {{{','.join(GATES)}}}", file=sys.stderr)
        return 2
    check, needed = GATES[arguments[0]]
    missing = [name for name in needed if not env.get(name)]
    if missing:
        print(f"set {', '.join(missing)} in the environment of `pulumi up`", file=sys.stderr)
        return 2
    try:
        Deadline.of(env, "GATE", seconds=DEADLINE_SECONDS, poll=POLL_SECONDS).until(lambda: check(env), arguments[0])
    except NotYetError as state:
        print(f"{arguments[0]}: still closed at the deadline; last answer: {state}", file=sys.stderr)
        return 1
    print(f"{arguments[0]}: open")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
