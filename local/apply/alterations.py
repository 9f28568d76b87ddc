"""Turns the plan's ALTER TABLE commands back into statements, as the local run treats all statements alike."""

from __future__ import annotations

import dataclasses
import json

from plan.model import Plan, Resource

STATEMENT = "confluentcloud:index/flinkStatement:FlinkStatement"
COMMAND = "command:local:Command"
PROGRAM = "components.confluent.alter"


def as_statements(plan: Plan) -> Plan:
    """The plan with its ALTER TABLE commands as FlinkStatements, each in its place."""
    return dataclasses.replace(plan, resources=tuple(map(_statement, plan.resources)))


def _statement(resource: Resource) -> Resource:
    if resource.type != COMMAND or PROGRAM not in str(resource.inputs.get("create")):
        return resource
    given = resource.inputs["environment"]
    inputs = {
        "statementName": given["NAME"],
        "statement": given["STATEMENT"],
        "properties": json.loads(given["PROPERTIES"]),
    }
    return dataclasses.replace(resource, type=STATEMENT, inputs=inputs)
