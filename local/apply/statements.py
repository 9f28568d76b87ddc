"""Runs the plan's Flink statements, word for word, in the Flink of this machine."""

from __future__ import annotations

from local.apply.servers import ROOT, Servers
from local.flink.session import FlinkStatement
from plan.model import Resource


def create(servers: Servers, resource: Resource) -> None:
    servers.ready(servers.gateway)
    servers.flink.submit(statement_of(resource))
    servers.add_error_logs()


def state(servers: Servers, resource: Resource) -> tuple[str, str]:
    return servers.flink.state(resource.inputs["statementName"]), ""


def statement_of(resource: Resource) -> FlinkStatement:
    inputs, name = resource.inputs, resource.inputs["statementName"]
    return FlinkStatement(name=name, sql=inputs["statement"], file=_file_of(name), properties=inputs["properties"])


def _file_of(statement: str) -> str:
    """The template of the statement, which has the template's name."""
    files = [file for file in (ROOT / "flink_sql").glob("*.sql") if statement.endswith(file.stem.replace("_", "-"))]
    return f"flink_sql/{max(files, key=lambda file: len(file.stem)).name}" if files else statement
