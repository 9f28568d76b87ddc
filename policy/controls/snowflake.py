"""The Snowflake account."""

from __future__ import annotations

from collections.abc import Iterator

from policy.addresses import is_internet
from policy.inputs import absent, enabled, items, text
from policy.model import Resource, resource_control

SERVICE_USER = "snowflake:index/serviceUser:ServiceUser"
PEOPLE = ("snowflake:index/user:User", "snowflake:index/legacyServiceUser:LegacyServiceUser")
ROLE_GRANT = "snowflake:index/grantAccountRole:GrantAccountRole"
PRIVILEGE_GRANT = "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole"

SYSTEM_ROLES = frozenset({"PUBLIC", "ACCOUNTADMIN", "SECURITYADMIN", "SYSADMIN", "USERADMIN", "ORGADMIN"})


@resource_control(PRIVILEGE_GRANT, severity="critical", fix="grant the named privileges to the connector's own role")
def snowflake_grants_named_privileges(resource: Resource) -> Iterator[str]:
    """Snowflake privileges are granted by name, and to a role of the stack instead of a system role."""
    role = _plain(resource.get("accountRoleName"))
    if role in SYSTEM_ROLES:
        yield f"privileges go to {role}"
    if resource.get("allPrivileges") is True or "ALL" in _privileges(resource):
        yield "all privileges are granted"
    if resource.get("onAccount") is True:
        yield "privileges on the whole account are granted"
    if resource.get("withGrantOption") is True:
        yield "the role can grant its privileges to others"


@resource_control(ROLE_GRANT, severity="critical", fix="grant a role of the stack to a user or role of the stack")
def snowflake_grants_no_system_role(resource: Resource) -> Iterator[str]:
    """Nobody gets a system role, and PUBLIC gets no role."""
    if _plain(resource.get("roleName")) in SYSTEM_ROLES:
        yield f"{_plain(resource.get('roleName'))} is granted"
    if _plain(resource.get("parentRoleName")) == "PUBLIC":
        yield "a role is granted to PUBLIC"


@resource_control(SERVICE_USER, *PEOPLE, fix="use a ServiceUser with rsa_public_key and network_policy")
def snowflake_users_have_a_key_and_an_allow_list(resource: Resource) -> Iterator[str]:
    """A Snowflake user of the stack is a service user with a key pair and a network policy."""
    if resource.type in PEOPLE:
        yield "the user can have a password"
    if absent(resource.get("rsaPublicKey")) and absent(resource.get("rsaPublicKey2")):
        yield "the user has no public key"
    if absent(resource.get("networkPolicy")):
        yield "the user can connect from everywhere"
    if _plain(resource.get("defaultRole")) in SYSTEM_ROLES:
        yield f"the user's default role is {_plain(resource.get('defaultRole'))}"


@resource_control("snowflake:index/networkPolicy:NetworkPolicy", fix="list the prefixes of the known peers")
def snowflake_network_policies_are_allow_lists(resource: Resource) -> Iterator[str]:
    """A Snowflake network policy lists the admitted addresses."""
    addresses = resource.get("allowedIpLists")
    if absent(addresses) and absent(resource.get("allowedNetworkRuleLists")):
        yield "the policy has no list, which admits everyone"
    yield from (f"{address} is admitted" for address in items(addresses) if is_internet(address))


@resource_control("snowflake:index/schema:Schema", severity="medium", fix='set with_managed_access="true"')
def snowflake_schemas_have_managed_access(resource: Resource) -> Iterator[str]:
    """Only a schema's owner can grant rights on its objects."""
    if not enabled(resource.get("withManagedAccess")):
        yield "a table's creator can grant rights on it"


@resource_control(
    "snowflake:index/warehouse:Warehouse", severity="low", fix="set resource_monitor, and auto_suspend to 60 to 600"
)
def snowflake_warehouses_are_limited(resource: Resource) -> Iterator[str]:
    """An idle Snowflake warehouse is suspended within ten minutes, and its credits have a limit."""
    if absent(resource.get("resourceMonitor")):
        yield "its credits have no limit"
    seconds = resource.get("autoSuspend")
    if seconds is None or (isinstance(seconds, int) and not 0 < seconds <= 600):
        yield "an idle warehouse costs credits"


def _plain(name: object) -> str:
    """A Snowflake name without quotes, in capitals."""
    return text(name).strip('"').upper()


def _privileges(grant: Resource) -> list[str]:
    return [text(privilege).upper() for privilege in items(grant.get("privileges"))]
