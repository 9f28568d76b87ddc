"""Cases of policy/controls/opensearch.py: the search domain."""

from __future__ import annotations

from tests.policy.build import GONE, Case, but, case, make
from tests.policy.cases.shared import KEY, OPEN, allow, document

SEARCH_POLICY = {
    "Effect": "Allow",
    "Principal": {"AWS": "*"},
    "Action": "es:ESHttp*",
    "Resource": "arn:aws:es:us-east-1:123456789012:domain/fraud/*",
    "Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}},
}

OPEN_POLICY = {**SEARCH_POLICY, "Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", OPEN]}}}

UNLIMITED = {key: value for key, value in SEARCH_POLICY.items() if key != "Condition"}

DOMAIN = make(
    "aws:opensearch/domain:Domain",
    {
        "encryptAtRest": {"enabled": True, "kmsKeyId": KEY},
        "nodeToNodeEncryption": {"enabled": True},
        "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        "advancedSecurityOptions": {"enabled": True, "anonymousAuthEnabled": False},
        "logPublishingOptions": [{"logType": "AUDIT_LOGS", "cloudwatchLogGroupArn": "arn", "enabled": True}],
        "accessPolicies": document(SEARCH_POLICY),
    },
    name="domain",
)

LOG_POLICY = make(
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    {"policyDocument": document(allow("logs:PutLogEvents", Principal={"Service": "es.amazonaws.com"}))},
)

DOMAIN_POLICY = make("aws:opensearch/domainPolicy:DomainPolicy", {"accessPolicies": document(SEARCH_POLICY)})

OPENSEARCH = {
    "opensearch-is-encrypted": case(
        bad=[
            but(DOMAIN, "encryptAtRest", to=GONE),
            but(DOMAIN, "encryptAtRest", "enabled", to=False),
            but(DOMAIN, "encryptAtRest", "kmsKeyId", to=GONE),
            but(DOMAIN, "nodeToNodeEncryption", "enabled", to=False),
        ],
        good=[DOMAIN],
    ),
    "opensearch-requires-tls": case(
        bad=[
            but(DOMAIN, "domainEndpointOptions", "enforceHttps", to=False),
            but(DOMAIN, "domainEndpointOptions", "tlsSecurityPolicy", to="Policy-Min-TLS-1-0-2019-07"),
        ],
        good=[
            DOMAIN,
            but(DOMAIN, "domainEndpointOptions", "tlsSecurityPolicy", to="Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08"),
        ],
    ),
    "opensearch-has-fine-grained-access": case(
        bad=[
            but(DOMAIN, "advancedSecurityOptions", to=GONE),
            but(DOMAIN, "advancedSecurityOptions", "enabled", to=False),
            but(DOMAIN, "advancedSecurityOptions", "anonymousAuthEnabled", to=True),
        ],
        good=[DOMAIN],
    ),
    "opensearch-has-an-audit-log": case(
        bad=[
            but(DOMAIN, "logPublishingOptions", to=[]),
            but(DOMAIN, "logPublishingOptions", 0, "logType", to="ES_APPLICATION_LOGS"),
            but(DOMAIN, "logPublishingOptions", 0, "enabled", to=False),
        ],
        good=[DOMAIN],
    ),
    "opensearch-may-write-its-logs": Case(
        bad=[
            [DOMAIN],
            [DOMAIN, but(LOG_POLICY, "policyDocument", to=document(allow("logs:PutLogEvents", Principal="x")))],
        ],
        good=[[DOMAIN, LOG_POLICY]],
    ),
    "opensearch-admits-listed-addresses": case(
        bad=[
            but(DOMAIN, "accessPolicies", to=document(UNLIMITED)),
            but(DOMAIN, "accessPolicies", to=document(OPEN_POLICY)),
            but(DOMAIN_POLICY, "accessPolicies", to=document({**UNLIMITED, "Principal": "*"})),
        ],
        good=[
            DOMAIN,
            DOMAIN_POLICY,
            but(DOMAIN, "accessPolicies", to=document({**UNLIMITED, "Principal": {"AWS": "arn:aws:iam::1:role/x"}})),
            but(but(DOMAIN, "accessPolicies", to=document(UNLIMITED)), "vpcOptions", to={"subnetIds": ["subnet-1"]}),
        ],
    ),
}
