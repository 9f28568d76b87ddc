"""The plans of the stacks as they are now, recorded once in each process of the tests."""

from __future__ import annotations

import functools

from plan import Plan, record
from plan.commands import ROOT

STACKS = ("dev", "prod")


@functools.cache
def recorded(stack: str) -> Plan:
    return record(stack, ROOT)
