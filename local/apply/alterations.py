"""Statements that alter a table once are commands of the plan; here they are statements like the others."""

from __future__ import annotations

import dataclasses
import json

from plan.model import Plan, Resource

STATEMENT = "confluentcloud:index/flinkStatement:FlinkStatement"
COMMAND = "command:local:Command"
PROGRAM = "components.confluent.alter"


def as_statements(plan: Plan) -> Plan:
    """The plan with its alterations as FlinkStatements, each in its place."""
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
