"""The waiter behind the order gates; run by `pulumi up` as `python -m components.confluent.wait KIND`.

Reads everything from the environment, prints progress, exits 0 when the gate is open, 1 at the deadline with the last
answer, 2 when a variable is missing.
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from components.local_commands import basic_auth

POLL_SECONDS = 5.0
DEADLINE_SECONDS = 900.0
API = "https://api.confluent.cloud"


def get(url: str, key: str, secret: str) -> tuple[int, object]:
    """Status and JSON body of an authenticated GET; 0 and the reason when no answer came, or not all of it."""
    request = urllib.request.Request(url, headers=basic_auth(key, secret))
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, error.reason
    except (OSError, http.client.HTTPException, ValueError) as error:
        return 0, str(error)


def connector(env: dict[str, str]) -> tuple[bool, str]:
    """Is the connector RUNNING, tasks included?"""
    path = (
        f"/connect/v1/environments/{env['ENVIRONMENT']}/clusters/{env['CLUSTER']}/connectors/{env['CONNECTOR']}/status"
    )
    base = env.get("CONFLUENT_API", API)
    status, body = get(base + path, env["CONFLUENT_CLOUD_API_KEY"], env["CONFLUENT_CLOUD_API_SECRET"])
    if status != 200 or not isinstance(body, dict):
        return False, f"HTTP {status}: {body}"
    states = [body["connector"]["state"], *(task["state"] for task in body.get("tasks", []))]
    if "FAILED" in states:
        raise SystemExit(
            f"connector {env['CONNECTOR']} FAILED: {json.dumps(body)[:1000]}; mend the cause, restart the "
            "connector in Confluent's console, then `pulumi up` again"
        )
    return all(state == "RUNNING" for state in states), ", ".join(states)


def subjects(env: dict[str, str]) -> tuple[bool, str]:
    """Do all subjects exist in Schema Registry?"""
    missing = []
    for subject in env["SUBJECTS"].split(","):
        url = f"{env['REGISTRY_URL']}/subjects/{subject}/versions/latest"
        status, body = get(url, env["REGISTRY_KEY"], env["REGISTRY_SECRET"])
        if status in (401, 403):
            raise SystemExit(f"Schema Registry answers {status} for {subject}: the key may not read it; check its role")
        if status != 200:
            missing.append(f"{subject} (HTTP {status}: {body})")
    return not missing, "missing: " + ", ".join(missing)


GATES: dict[str, tuple[Callable[[dict[str, str]], tuple[bool, str]], tuple[str, ...]]] = {
    "connector": (
        connector,
        ("ENVIRONMENT", "CLUSTER", "CONNECTOR", "CONFLUENT_CLOUD_API_KEY", "CONFLUENT_CLOUD_API_SECRET"),
    ),
    "subjects": (subjects, ("REGISTRY_URL", "REGISTRY_KEY", "REGISTRY_SECRET", "SUBJECTS")),
}


def main(arguments: list[str], env: dict[str, str]) -> int:
    """Wait for one gate."""
    if len(arguments) != 1 or arguments[0] not in GATES:
        print(f"usage: python -m components.confluent.wait {{{','.join(GATES)}}}", file=sys.stderr)
        return 2
    check, needed = GATES[arguments[0]]
    missing = [name for name in needed if not env.get(name)]
    if missing:
        print(f"set {', '.join(missing)} in the environment of `pulumi up`", file=sys.stderr)
        return 2
    deadline = time.monotonic() + float(env.get("GATE_DEADLINE_SECONDS", DEADLINE_SECONDS))
    while True:
        is_open, state = check(env)
        if is_open:
            print(f"{arguments[0]}: open")
            return 0
        if time.monotonic() >= deadline:
            print(f"{arguments[0]}: still closed at the deadline; last answer: {state}", file=sys.stderr)
            return 1
        print(f"{arguments[0]}: {state}", flush=True)
        time.sleep(float(env.get("GATE_POLL_SECONDS", POLL_SECONDS)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], dict(os.environ)))
