"""The Kafka client of whoever looks at a run from outside: a principal of its own, not one of the plan's."""

from __future__ import annotations

from functools import partial

from components.contracts import APP_GROUP_PREFIX, SOURCES
from local.apply.rights import Right

GUEST = "guest"
"""No account of a plan can have this name: their ids begin with `sa-`."""

_may = partial(Right, principal=f"User:{GUEST}")
RIGHTS = (
    _may(operation="READ", kind="TOPIC", name="*"),
    _may(operation="READ", kind="GROUP", name=APP_GROUP_PREFIX, prefixed=True),
    *(_may(operation="WRITE", kind="TOPIC", name=table.topic) for table in SOURCES),
)
