"""The plan, offline: what the Pulumi program would create, recorded without the Pulumi CLI, a cloud or credentials.

It is not a `pulumi preview`: it knows no prior state. `record` runs the program in a process of its own, so a caller
never imports a component or an SDK.
"""

from plan.model import MASK, Plan, PlanError, Resource
from plan.record import record

__all__ = ["MASK", "Plan", "PlanError", "Resource", "record"]
