"""Alter a table once: `pulumi up` runs `python -m components.confluent.alter create`, destroy runs `… delete`.

A FlinkStatement does not fit. The service forgets a statement 30 days after its end
(cc/flink/concepts/statements.html); the provider could then neither delete nor replace it, and a refresh would run it
again, which ADD does not survive. This command reads the environment. It exits 0 when the table is altered (`create`)
or nothing is left (`delete`), 1 with the service's message, 2 for a missing variable.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any

from ..rest import Service
from ..waiting import Deadline, NotYetError

NEEDED = (
    "FLINK_URL", "FLINK_KEY", "FLINK_SECRET", "ORGANIZATION", "ENVIRONMENT", "POOL", "PRINCIPAL",
    "NAME", "STATEMENT", "PROPERTIES",
)  # fmt: skip
POLL_SECONDS = 2.0
DEADLINE_SECONDS = 600.0
OVER = ("COMPLETED", "FAILED", "STOPPED")
"""Final phases of a statement."""


class Statement:
    """One statement in Flink's API (cc/flink/operate-and-deploy/flink-rest-api.html)."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._service = Service(env["FLINK_URL"], env["FLINK_KEY"], env["FLINK_SECRET"])
        self._all = f"/sql/v1/organizations/{env['ORGANIZATION']}/environments/{env['ENVIRONMENT']}/statements"
        self._one = f"{self._all}/{urllib.parse.quote(env['NAME'], safe='')}"
        self._deadline = Deadline.of(env, "ALTER", seconds=DEADLINE_SECONDS, poll=POLL_SECONDS)

    def alter(self) -> None:
        """Run it, unless an interrupted `up` already did. Raises OSError if the statement fails."""
        found = self._service.call("GET", self._one)
        if found and not self._serves(found):
            self.forget()
            found = None
        if not found:
            self._submit()
        found = self._until(lambda found: _phase(found) in OVER)
        if _phase(found) != "COMPLETED":
            raise OSError(f"{_phase(found)}: {found['status'].get('detail') or 'no detail'}")

    def forget(self) -> None:
        """Delete it if the service still has it, and wait until its name is free."""
        self._service.call("DELETE", self._one)
        self._until(lambda found: found is None)

    def _serves(self, found: dict[str, Any]) -> bool:
        """Whether it has the same text and has not failed."""
        return found["spec"]["statement"] == self._env["STATEMENT"] and _phase(found) not in ("FAILED", "STOPPED")

    def _submit(self) -> None:
        spec = {
            "statement": self._env["STATEMENT"],
            "properties": json.loads(self._env["PROPERTIES"]),
            "compute_pool_id": self._env["POOL"],
            "principal": self._env["PRINCIPAL"],
            "stopped": False,
        }
        place = {"organization_id": self._env["ORGANIZATION"], "environment_id": self._env["ENVIRONMENT"]}
        self._service.call("POST", self._all, {"name": self._env["NAME"], **place, "spec": spec})

    def _until(self, condition: Callable[[dict[str, Any] | None], bool]) -> Any:
        def look() -> Any:
            if not condition(found := self._service.call("GET", self._one)):
                raise NotYetError(_phase(found))
            return found

        try:
            return self._deadline.until(look)
        except NotYetError as phase:
            raise OSError(f"still {phase} at the deadline") from None


def _phase(found: dict[str, Any] | None) -> str:
    return found["status"]["phase"] if found else "not there"


def main(arguments: list[str], env: Mapping[str, str]) -> int:
    if arguments not in (["create"], ["delete"]):
        print(f"usage: python -m {__spec__.name} create|delete", file=sys.stderr)
        return 2
    if missing := [name for name in NEEDED if not env.get(name)]:
        print(f"set {', '.join(missing)}: the stack's program does", file=sys.stderr)
        return 2
    try:
        statement = Statement(env)
        statement.alter() if arguments == ["create"] else statement.forget()
    except OSError as error:
        print(f"statement {env['NAME']}: {error}; `pulumi {'up' if arguments == ['create'] else 'destroy'}` again "
              "continues from here", file=sys.stderr)  # fmt: skip
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
