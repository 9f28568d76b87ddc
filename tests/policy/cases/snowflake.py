"""Cases of policy/controls/snowflake.py: the Snowflake account."""

from __future__ import annotations

from tests.policy.build import GONE, but, case, make
from tests.policy.cases.shared import OPEN

GRANT = make(
    "snowflake:index/grantPrivilegesToAccountRole:GrantPrivilegesToAccountRole",
    {"accountRoleName": "CFLT_SINK", "privileges": ["USAGE"], "onSchema": {"schemaName": "FRAUD.STREAMING"}},
)

ROLE_GRANT = make(
    "snowflake:index/grantAccountRole:GrantAccountRole", {"roleName": "CFLT_SINK", "userName": "CFLT_SINK"}
)

SERVICE_USER = make(
    "snowflake:index/serviceUser:ServiceUser",
    {"name": "CFLT_SINK", "rsaPublicKey": "MIIB", "networkPolicy": "CONFLUENT", "defaultRole": "CFLT_SINK"},
)

NETWORK_POLICY = make("snowflake:index/networkPolicy:NetworkPolicy", {"allowedIpLists": ["198.51.100.0/24"]})

SNOWFLAKE_WAREHOUSE = make("snowflake:index/warehouse:Warehouse", {"autoSuspend": 60, "resourceMonitor": "FRAUD"})

SCHEMA = make("snowflake:index/schema:Schema", {"name": "STREAMING", "withManagedAccess": "true"})

SNOWFLAKE = {
    "snowflake-grants-named-privileges": case(
        bad=[
            *(
                but(GRANT, "accountRoleName", to=role)
                for role in ("PUBLIC", "SECURITYADMIN", "SYSADMIN", "USERADMIN", "ORGADMIN")
            ),
            but(GRANT, "accountRoleName", to='"ACCOUNTADMIN"'),
            but(GRANT, "allPrivileges", to=True),
            but(GRANT, "privileges", to=["ALL"]),
            but(GRANT, "onAccount", to=True),
            but(GRANT, "withGrantOption", to=True),
        ],
        good=[GRANT],
    ),
    "snowflake-grants-no-system-role": case(
        bad=[but(ROLE_GRANT, "roleName", to="accountadmin"), but(ROLE_GRANT, "parentRoleName", to="PUBLIC")],
        good=[ROLE_GRANT, but(ROLE_GRANT, "parentRoleName", to="SYSADMIN")],
    ),
    "snowflake-users-have-a-key-and-an-allow-list": case(
        bad=[
            but(SERVICE_USER, "networkPolicy", to=GONE),
            but(SERVICE_USER, "rsaPublicKey", to=GONE),
            but(SERVICE_USER, "defaultRole", to="SYSADMIN"),
            make("snowflake:index/user:User", dict(SERVICE_USER.inputs)),
            make("snowflake:index/legacyServiceUser:LegacyServiceUser", dict(SERVICE_USER.inputs)),
        ],
        good=[SERVICE_USER, but(but(SERVICE_USER, "rsaPublicKey", to=GONE), "rsaPublicKey2", to="MIIB")],
    ),
    "snowflake-network-policies-are-allow-lists": case(
        bad=[but(NETWORK_POLICY, "allowedIpLists", to=[OPEN]), but(NETWORK_POLICY, "allowedIpLists", to=[])],
        good=[NETWORK_POLICY, make(NETWORK_POLICY.type, {"allowedNetworkRuleLists": ["FRAUD.PUBLIC.CONFLUENT"]})],
    ),
    "snowflake-schemas-have-managed-access": case(
        bad=[but(SCHEMA, "withManagedAccess", to=GONE), but(SCHEMA, "withManagedAccess", to="false")], good=[SCHEMA]
    ),
    "snowflake-warehouses-are-limited": case(
        bad=[
            but(SNOWFLAKE_WAREHOUSE, "resourceMonitor", to=GONE),
            but(SNOWFLAKE_WAREHOUSE, "autoSuspend", to=0),
            but(SNOWFLAKE_WAREHOUSE, "autoSuspend", to=601),
            but(SNOWFLAKE_WAREHOUSE, "autoSuspend", to=GONE),
        ],
        good=[SNOWFLAKE_WAREHOUSE, but(SNOWFLAKE_WAREHOUSE, "autoSuspend", to=600)],
    ),
}
