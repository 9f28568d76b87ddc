"""The handler of the plan's Flink statements."""

from __future__ import annotations

from local.apply.servers import ROOT, Servers
from local.flink.cluster import Statement
from plan.model import Resource


def create(servers: Servers, resource: Resource) -> None:
    """FlinkStatement: its text, word for word, in the Flink of this machine."""
    servers.ready(servers.gateway)
    servers.flink.submit(statement_of(resource))
    servers.add_error_logs()


def state(servers: Servers, resource: Resource) -> tuple[str, str]:
    return servers.flink.state(resource.inputs["statementName"]), ""


def statement_of(resource: Resource) -> Statement:
    """A FlinkStatement of the plan as Flink takes it here."""
    inputs, name = resource.inputs, resource.inputs["statementName"]
    return Statement(name=name, sql=inputs["statement"], file=_file_of(name), properties=inputs["properties"])


def _file_of(statement: str) -> str:
    """The file that a statement's text comes from: the statement is named after it."""
    files = [file for file in (ROOT / "flink_sql").glob("*.sql") if statement.endswith(file.stem.replace("_", "-"))]
    return f"flink_sql/{max(files, key=lambda file: len(file.stem)).name}" if files else statement
