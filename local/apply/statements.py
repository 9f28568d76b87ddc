"""The handler of the plan's Flink statements."""

from __future__ import annotations

from local.apply.handler import State
from local.apply.servers import ROOT, Servers
from local.errors import RunError
from local.flink.cluster import Statement
from plan.model import Resource


class Statements:
    """FlinkStatement: its text, word for word, in the Flink of this machine."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers

    def create(self, resource: Resource) -> None:
        self._servers.ready(self._servers.gateway)
        self._servers.flink.submit(statement_of(resource))
        self._servers.add_error_logs()

    def read(self, resource: Resource) -> State | None:
        state = self._servers.flink.state(resource.inputs["statementName"])
        return None if state == "UNKNOWN" else {"statementName": resource.inputs["statementName"], "state": state}

    def update(self, resource: Resource) -> None:
        raise RunError(f"{resource.name}: a statement is replaced, never changed")

    def delete(self, resource: Resource) -> None:
        self._servers.flink.cancel(resource.inputs["statementName"])


def statement_of(resource: Resource) -> Statement:
    """A FlinkStatement of the plan as Flink takes it here."""
    inputs, name = resource.inputs, resource.inputs["statementName"]
    return Statement(name=name, sql=inputs["statement"], file=_file_of(name), properties=inputs["properties"])


def _file_of(statement: str) -> str:
    """The file that a statement's text comes from: the statement is named after it."""
    files = [file for file in (ROOT / "flink_sql").glob("*.sql") if statement.endswith(file.stem.replace("_", "-"))]
    return f"flink_sql/{max(files, key=lambda file: len(file.stem)).name}" if files else statement
