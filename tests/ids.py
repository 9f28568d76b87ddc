"""What the recorder answers for a planned resource: tests ask for it by the resource, as ids hide the names."""

from __future__ import annotations

from plan import aws_ids, fakes
from plan.model import Resource


def id_of(resource: Resource) -> str:
    """The simulated id."""
    return fakes.resource_id(resource.type, resource.name, resource.inputs)


def arn_of(resource: Resource) -> str:
    """The simulated ARN of a resource of AWS."""
    return aws_ids.arn_of(resource.type, resource.name, resource.inputs)
