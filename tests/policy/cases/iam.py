"""Cases of policy/controls/iam.py: rights."""

from __future__ import annotations

from typing import Any

from tests.policy.build import but, case, make
from tests.policy.cases.opensearch import DOMAIN
from tests.policy.cases.shared import allow, document
from tests.policy.cases.storage import KMS_KEY, STORED

ROLE_POLICY = make("aws:iam/rolePolicy:RolePolicy", {"policy": document(allow("s3:GetObject"))})

ROLE = make(
    "aws:iam/role:Role",
    {
        "assumeRolePolicy": document(
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ),
        "inlinePolicies": [{"name": "own", "policy": document(allow("s3:GetObject"))}],
        "managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"],
    },
)

ATTACHMENT = make(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    {"policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
)

KEY_POLICY = but(
    KMS_KEY,
    "policy",
    to=document({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::1:root"}, "Action": "kms:*", "Resource": "*"}),
)


def granting(*statements: dict[str, Any]) -> Any:
    return but(ROLE_POLICY, "policy", to=document(*statements))


NOT_ACTION = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::bucket"}

NOT_RESOURCE = {"Effect": "Allow", "Action": "kms:Decrypt", "NotResource": "arn:aws:kms:*:*:key/1"}

IAM = {
    "policy-documents-can-be-read": case(
        bad=[but(ROLE_POLICY, "policy", to="{"), but(ROLE, "assumeRolePolicy", to="[]")],
        good=[ROLE_POLICY, ROLE, DOMAIN, KEY_POLICY],
    ),
    "no-administrators": case(
        bad=[
            granting(allow("*", "*")),
            granting(allow("s3:GetObject"), allow(["logs:PutLogEvents", "*:*"])),
            granting(allow("s3:*")),
            granting(NOT_ACTION),
            but(ROLE, "inlinePolicies", 0, "policy", to=document(allow("*"))),
        ],
        good=[ROLE_POLICY, ROLE, granting({"Effect": "Deny", "Action": "*", "Resource": "*"})],
    ),
    "sensitive-actions-are-on-named-resources": case(
        bad=[
            granting(allow("secretsmanager:GetSecretValue", "*")),
            granting(allow("secretsmanager:Get*", ["arn:aws:s3:::x", "arn:aws:secretsmanager:*:*:secret:*"])),
            granting(allow(["kms:Decrypt"], "arn:aws:kms:us-east-1:1:key/*")),
            granting(allow("iam:PassRole", "*")),
            granting(NOT_RESOURCE),
        ],
        good=[
            granting(allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:oracle-x")),
            granting(allow("logs:DescribeLogGroups", "*")),
            granting(allow("kms:Decrypt", "*", Condition={"StringEquals": {"kms:ViaService": "ssm"}})),
        ],
    ),
    "no-administrator-policies-of-aws": case(
        bad=[
            but(ATTACHMENT, "policyArn", to="arn:aws:iam::aws:policy/AdministratorAccess"),
            but(ATTACHMENT, "policyArn", to="arn:aws:iam::aws:policy/PowerUserAccess"),
            but(ROLE, "managedPolicyArns", to=["arn:aws:iam::aws:policy/IAMFullAccess"]),
        ],
        good=[ATTACHMENT, ROLE],
    ),
    "nobody-is-trusted-unnamed": case(
        bad=[
            but(
                ROLE, "assumeRolePolicy", to=document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
            ),
            but(KMS_KEY, "policy", to=document(allow("kms:*", "*", Principal={"AWS": "*"}))),
            but(STORED, "policy", to=document(allow("secretsmanager:*", NotPrincipal={"AWS": "arn"}))),
        ],
        good=[
            ROLE,
            KEY_POLICY,
            but(STORED, "policy", to=document({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})),
        ],
    ),
    "no-access-keys": case(bad=[make("aws:iam/accessKey:AccessKey", {"user": "x"})], good=[ROLE]),
}
