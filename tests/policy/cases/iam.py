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


EVERYTHING = document(allow("*", "*"))

# Types with a resource policy, and the input that holds it.
TRUSTING = {
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
}

NOT_ACTION = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::bucket"}

NOT_RESOURCE = {"Effect": "Allow", "Action": "kms:Decrypt", "NotResource": "arn:aws:kms:*:*:key/1"}

IAM = {
    "policy-documents-are-readable": case(
        bad=[
            but(ROLE_POLICY, "policy", to="{"),
            but(ROLE, "assumeRolePolicy", to="[]"),
            but(KMS_KEY, "policy", to="{"),
            but(DOMAIN, "accessPolicies", to="{"),
            make("aws:opensearch/domainPolicy:DomainPolicy", {"accessPolicies": "{"}),
        ],
        good=[ROLE_POLICY, ROLE, DOMAIN, KEY_POLICY],
    ),
    "no-administrators": case(
        bad=[
            granting(allow("*", "*")),
            granting(allow("s3:GetObject"), allow(["logs:PutLogEvents", "*:*"])),
            granting(allow("s3:*")),
            granting(NOT_ACTION),
            but(ROLE, "inlinePolicies", 0, "policy", to=document(allow("*"))),
            make("aws:iam/policy:Policy", {"policy": EVERYTHING}),
            make("aws:iam/userPolicy:UserPolicy", {"policy": EVERYTHING}),
            make("aws:iam/groupPolicy:GroupPolicy", {"policy": EVERYTHING}),
        ],
        good=[ROLE_POLICY, ROLE, granting({"Effect": "Deny", "Action": "*", "Resource": "*"})],
    ),
    "sensitive-actions-are-on-named-resources": case(
        bad=[
            granting(allow("secretsmanager:GetSecretValue", "*")),
            granting(allow("secretsmanager:Get*", ["arn:aws:s3:::x", "arn:aws:secretsmanager:*:*:secret:*"])),
            granting(allow(["kms:Decrypt"], "arn:aws:kms:us-east-1:1:key/*")),
            *(
                granting(allow(action, "*"))
                for action in (
                    "iam:PassRole",
                    "sts:AssumeRole",
                    "ssm:GetParameter",
                    "ssm:SendCommand",
                    "redshift-data:ExecuteStatement",
                )
            ),
            granting(allow("iam:PassRole", "arn:aws:iam::1:role/*")),
            granting(allow("ssm:GetParameter", "arn:aws:ssm:us-east-1:1:parameter/*")),
            granting(allow("ssm:SendCommand", "arn:aws:ec2:us-east-1:1:instance/*")),
            granting(allow("ssm:SendCommand", "arn:aws:ssm:us-east-1:1:document/*")),
            granting(NOT_RESOURCE),
        ],
        good=[
            granting(allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:1:secret:oracle-x")),
            granting(allow("logs:DescribeLogGroups", "*")),
            granting(allow("kms:Decrypt", "*", Condition={"StringEquals": {"kms:ViaService": "ssm"}})),
        ],
    ),
    "no-aws-administrator-policies": case(
        bad=[
            but(ATTACHMENT, "policyArn", to="arn:aws:iam::aws:policy/AdministratorAccess"),
            but(ATTACHMENT, "policyArn", to="arn:aws:iam::aws:policy/PowerUserAccess"),
            but(ROLE, "managedPolicyArns", to=["arn:aws:iam::aws:policy/IAMFullAccess"]),
            *(
                make(f"aws:iam/{kind}", {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
                for kind in (
                    "userPolicyAttachment:UserPolicyAttachment",
                    "groupPolicyAttachment:GroupPolicyAttachment",
                    "policyAttachment:PolicyAttachment",
                )
            ),
        ],
        good=[ATTACHMENT, ROLE],
    ),
    "trust-policies-name-principals": case(
        bad=[
            but(
                ROLE, "assumeRolePolicy", to=document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
            ),
            but(KMS_KEY, "policy", to=document(allow("kms:*", "*", Principal={"AWS": "*"}))),
            but(STORED, "policy", to=document(allow("secretsmanager:*", NotPrincipal={"AWS": "arn"}))),
            *(make(token, {key: document(allow("x:Do", Principal="*"))}) for token, key in TRUSTING.items()),
        ],
        good=[
            ROLE,
            KEY_POLICY,
            but(
                STORED,
                "policy",
                to=document(allow("x:Do", Principal="*", Condition={"ArnLike": {"aws:SourceArn": "a"}})),
            ),
            but(STORED, "policy", to=document({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})),
        ],
    ),
    "no-access-keys": case(bad=[make("aws:iam/accessKey:AccessKey", {"user": "x"})], good=[ROLE]),
}
