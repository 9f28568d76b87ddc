"""Cases of policy/controls/redshift.py: the warehouse."""

from __future__ import annotations

from dataclasses import replace

from policy.inputs import SECRET
from tests.policy.build import GONE, Case, but, case, make
from tests.policy.cases.network import GROUP, INGRESS, INLINE, OPEN_OUT, OPEN_WEB
from tests.policy.cases.shared import KEY, PRODUCTION

WAREHOUSE = make(
    "aws:redshift/cluster:Cluster",
    {
        "clusterIdentifier": "fraud",
        "encrypted": "true",
        "kmsKeyId": KEY,
        "enhancedVpcRouting": True,
        "publiclyAccessible": True,
        "vpcSecurityGroupIds": ["sg-1"],
        "clusterParameterGroupName": "fraud",
        "automatedSnapshotRetentionPeriod": 7,
        "skipFinalSnapshot": False,
        "manageMasterPassword": True,
        "masterPasswordSecretKmsKeyId": KEY,
    },
    name="warehouse",
    on=[GROUP],
)

PARAMETERS = make(
    "aws:redshift/parameterGroup:ParameterGroup",
    {
        "parameters": [
            {"name": "require_ssl", "value": "true"},
            {"name": "enable_user_activity_logging", "value": "true"},
        ]
    },
)

WAREHOUSE_LOG = make(
    "aws:redshift/logging:Logging",
    {"clusterIdentifier": "fraud", "logExports": ["connectionlog", "userlog", "useractivitylog"]},
)

WEEKLESS = but(WAREHOUSE, "automatedSnapshotRetentionPeriod", to=6)

REDSHIFT = {
    "redshift-is-encrypted": case(
        bad=[but(WAREHOUSE, "encrypted", to="false"), but(WAREHOUSE, "kmsKeyId", to=GONE)], good=[WAREHOUSE]
    ),
    "redshift-copies-inside-the-vpc": case(bad=[but(WAREHOUSE, "enhancedVpcRouting", to=GONE)], good=[WAREHOUSE]),
    "redshift-is-public-only-to-an-allow-list": Case(
        bad=[
            [but(WAREHOUSE, "publiclyAccessible", to=GONE)],
            [but(WAREHOUSE, "vpcSecurityGroupIds", to=GONE)],
            [GROUP, OPEN_WEB, WAREHOUSE],
            [INLINE, WAREHOUSE],
        ],
        good=[
            [GROUP, INGRESS, replace(OPEN_OUT, dependencies=INGRESS.dependencies), WAREHOUSE],
            [GROUP, OPEN_WEB, but(WAREHOUSE, "publiclyAccessible", to=False)],
        ],
    ),
    "redshift-requires-tls": case(
        bad=[
            but(WAREHOUSE, "clusterParameterGroupName", to=GONE),
            but(WAREHOUSE, "clusterParameterGroupName", to="default.redshift-1.0"),
            but(PARAMETERS, "parameters", 0, "value", to="false"),
            but(PARAMETERS, "parameters", to=[]),
        ],
        good=[WAREHOUSE, PARAMETERS],
    ),
    "redshift-records-statements": case(
        bad=[but(PARAMETERS, "parameters", 1, "value", to="false"), but(PARAMETERS, "parameters", to=GONE)],
        good=[PARAMETERS],
    ),
    "redshift-is-logged": Case(
        bad=[
            [WAREHOUSE],
            [WAREHOUSE, but(WAREHOUSE_LOG, "clusterIdentifier", to="other")],
            [WAREHOUSE, but(WAREHOUSE_LOG, "logExports", to=["userlog", "useractivitylog"])],
            [WAREHOUSE, but(WAREHOUSE_LOG, "logExports", to=["connectionlog", "useractivitylog"])],
            [WAREHOUSE, but(WAREHOUSE_LOG, "logExports", to=["connectionlog", "userlog"])],
        ],
        good=[
            [WAREHOUSE, WAREHOUSE_LOG],
            [WAREHOUSE, make(WAREHOUSE_LOG.type, {"logDestinationType": "s3"}, on=[WAREHOUSE])],
        ],
    ),
    "redshift-has-snapshots": case(
        bad=[
            but(WAREHOUSE, "automatedSnapshotRetentionPeriod", to=0),
            but(WAREHOUSE, "automatedSnapshotRetentionPeriod", to=GONE),
        ],
        good=[WAREHOUSE],
    ),
    "production-redshift-can-be-restored": Case(
        bad=[[PRODUCTION, WEEKLESS], [PRODUCTION, but(WAREHOUSE, "skipFinalSnapshot", to=True)]],
        good=[[PRODUCTION, WAREHOUSE], [WEEKLESS]],
    ),
    "redshift-manages-its-password": case(
        bad=[
            but(WAREHOUSE, "manageMasterPassword", to=GONE),
            but(WAREHOUSE, "masterPasswordSecretKmsKeyId", to=GONE),
            but(WAREHOUSE, "masterPassword", to=SECRET),
            but(WAREHOUSE, "masterPasswordWo", to=SECRET),
        ],
        good=[WAREHOUSE],
    ),
}
