"""Cases of policy/controls/governance.py: tags, providers and protection."""

from __future__ import annotations

import json

from tests.policy.build import GONE, Case, but, case, make, optioned
from tests.policy.cases.compute import VOLUME
from tests.policy.cases.network import VPC
from tests.policy.cases.opensearch import DOMAIN
from tests.policy.cases.shared import PRODUCTION

TAGS = json.loads(PRODUCTION.inputs["defaultTags"])["tags"]

STATEFUL = [
    make(token, stack="fraud-prod")
    for token in (
        "aws:ebs/volume:Volume",
        "aws:kms/key:Key",
        "aws:redshift/cluster:Cluster",
        "aws:opensearch/domain:Domain",
        "snowflake:index/database:Database",
    )
]

GOVERNANCE = {
    "default-tags-are-complete": case(
        bad=[
            but(PRODUCTION, "defaultTags", to=GONE),
            *(
                but(PRODUCTION, "defaultTags", to=json.dumps({"tags": TAGS | {name: ""}}))
                for name in ("Project", "Deployment", "Environment", "Owner", "ManagedBy")
            ),
            but(PRODUCTION, "defaultTags", to="{"),
        ],
        good=[PRODUCTION],
    ),
    "aws-resources-have-a-provider": case(
        bad=[make("aws:ec2/vpc:Vpc", provider=None)], good=[VPC, make("eks:index:Cluster", provider=None)]
    ),
    "production-data-is-protected": Case(
        bad=[
            [PRODUCTION, VOLUME],
            [PRODUCTION, DOMAIN],
            *([one] for one in STATEFUL),
        ],
        good=[[PRODUCTION, optioned(VOLUME, protect=True)], [VOLUME], [make(VOLUME.type, stack="product")]],
    ),
}
