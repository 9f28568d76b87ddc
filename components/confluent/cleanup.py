"""Delete topics and subjects that no resource declares, when the stack is destroyed.

Connectors and statements create them: the error log, schema history, heartbeat, dead-letter and report topics, and
subjects of all topics. They would outlive a streaming layer whose cluster stays. `pulumi destroy` runs
`python -m components.confluent.cleanup` after the connectors and statements are gone. It reads the environment and
exits 0 when nothing is left, 1 with the service's answer, 2 for a missing variable.
"""

from __future__ import annotations

import os
import sys
import urllib.parse
from collections.abc import Iterable
from typing import Any

from ..rest import Service

NEEDED = (
    "KAFKA_REST", "CLUSTER", "KAFKA_KEY", "KAFKA_SECRET",
    "REGISTRY_URL", "REGISTRY_KEY", "REGISTRY_SECRET", "TOPIC_PREFIXES", "SUBJECT_PREFIXES",
)  # fmt: skip


def topics(kafka: Service, cluster: str, prefixes: tuple[str, ...]) -> list[str]:
    answer: dict[str, Any] = kafka.call("GET", f"/kafka/v3/clusters/{cluster}/topics") or {"data": []}
    return sorted(topic["topic_name"] for topic in answer["data"] if topic["topic_name"].startswith(prefixes))


def subjects(registry: Service, prefixes: tuple[str, ...]) -> list[str]:
    found: list[str] = registry.call("GET", "/subjects") or []
    return sorted(name for name in found if name.startswith(prefixes))


def main(env: dict[str, str]) -> int:
    missing = [name for name in NEEDED if not env.get(name)]
    if missing:
        print(f"set {', '.join(missing)}: the stack's program does", file=sys.stderr)
        return 2
    topic_prefixes, subject_prefixes = (tuple(env[f"{kind}_PREFIXES"].split(",")) for kind in ("TOPIC", "SUBJECT"))
    if "" in (*topic_prefixes, *subject_prefixes):
        print("an empty prefix would delete every topic or subject: name what to delete", file=sys.stderr)
        return 2
    kafka = Service(env["KAFKA_REST"], env["KAFKA_KEY"], env["KAFKA_SECRET"])
    registry = Service(env["REGISTRY_URL"], env["REGISTRY_KEY"], env["REGISTRY_SECRET"])
    try:
        _delete(kafka, [f"/kafka/v3/clusters/{env['CLUSTER']}/topics/{_quoted(name)}"
                        for name in topics(kafka, env["CLUSTER"], topic_prefixes)])  # fmt: skip
        found = subjects(registry, subject_prefixes)
        _delete(registry, [f"/subjects/{_quoted(name)}" for name in found])
        # Deleting a subject takes two steps: the first only hides it.
        _delete(registry, [f"/subjects/{_quoted(name)}?permanent=true" for name in found])
    except OSError as error:
        print(f"clean-up stopped: {error}; run pulumi destroy again", file=sys.stderr)
        return 1
    return 0


def _delete(service: Service, paths: Iterable[str]) -> None:
    for path in paths:
        service.call("DELETE", path)
        print(f"deleted {path}", flush=True)


def _quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
