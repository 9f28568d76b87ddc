"""The plan's service account for each client of the run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from components.contracts import APP_GROUP_PREFIX, SOURCES
from local.apply.grants import principals
from local.apply.rights import Right
from local.apply.roles import CLUSTER_ADMIN, ROLE_BINDING
from local.errors import RunError
from local.source import SOURCE_CLASS
from plan.model import Plan

ACCOUNT = "confluentcloud:index/serviceAccount:ServiceAccount"
CONNECTOR = "confluentcloud:index/connector:Connector"
PROVIDER = "pulumi:providers:confluentcloud"
GUEST = "guest"
"""The account that `make connections` prints. No account of a plan has this name: their ids begin with `sa-`."""
_guest_may = partial(Right, principal=f"User:{GUEST}")
GUEST_RIGHTS = (
    _guest_may(operation="READ", kind="TOPIC", name="*"),
    _guest_may(operation="READ", kind="GROUP", name=APP_GROUP_PREFIX, prefixed=True),
    *(_guest_may(operation="WRITE", kind="TOPIC", name=table.topic) for table in SOURCES),
)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Account ids: `admin` makes topics and ACLs, `flink` runs statements, `source` captures changes."""

    admin: str
    flink: str
    source: str
    app: str
    all: frozenset[str]


def accounts(plan: Plan) -> Accounts:
    """Raises RunError when the plan does not have exactly one account for each client."""
    runners = [item.inputs["flinkPrincipalId"] for item in plan.of_type(PROVIDER) if "flinkPrincipalId" in item.inputs]
    # On a Basic cluster Flink's account needs this role too: there is no smaller one.
    admins = [
        account
        for binding in plan.of_type(ROLE_BINDING)
        if binding.inputs["roleName"] == CLUSTER_ADMIN
        and (account := binding.inputs["principal"].removeprefix("User:")) not in runners
    ]
    sources = [
        item.inputs["configNonsensitive"]["kafka.service.account.id"]
        for item in plan.of_type(CONNECTOR)
        if item.inputs["configNonsensitive"].get("connector.class") == SOURCE_CLASS
    ]
    apps = [principal for principal in sorted(principals(plan)) if principal.endswith("-app")]
    admin, flink, source, app = (
        _one(found, what)
        for found, what in (
            (admins, f"RoleBinding with {CLUSTER_ADMIN}"),
            (runners, "provider with flinkPrincipalId"),
            (sources, f"connector of class {SOURCE_CLASS}"),
            (apps, "account of the app (its name ends in -app)"),
        )
    )
    return Accounts(admin=admin, flink=flink, source=source, app=app, all=frozenset(principals(plan) | {admin}))


def _one(found: list[str], what: str) -> str:
    if len(set(found)) != 1:
        raise RunError(f"The local run needs exactly one {what}; the plan has {len(set(found))}.")
    return found[0]
