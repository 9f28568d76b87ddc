"""IAM policies and trust."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policy.documents import (
    IDENTITY,
    TRUSTING,
    WITH_DOCUMENTS,
    all_documents,
    allowed,
    as_list,
    grants,
    identity_documents,
    parsed,
    principals,
    trusting_document,
)
from policy.inputs import items, text
from policy.model import Resource, resource_control

ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
ADMINISTRATORS = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess")
SENSITIVE = (
    "iam:PassRole",
    "sts:AssumeRole",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:SendCommand",
    "kms:Decrypt",
    "redshift-data:ExecuteStatement",
)
"""Actions that are safe only on named resources."""


@resource_control(*WITH_DOCUMENTS, severity="medium", fix="build the document with json.dumps or Output.json_dumps")
def policy_documents_are_readable(resource: Resource) -> Iterator[str]:
    """Each policy document is a JSON object, so that the other controls can judge it."""
    if any(parsed(document) is None for document in all_documents(resource)):
        yield "a policy document is not a JSON object"


@resource_control(*IDENTITY, severity="critical", fix="name the actions and the ARNs of their resources")
def no_administrators(resource: Resource) -> Iterator[str]:
    """No policy allows all actions, all actions of a service, or all but a few (NotAction)."""
    for statement in _allowed_to_holder(resource):
        if "NotAction" in statement:
            yield "a statement allows everything except a few actions (NotAction)"
        for action in as_list(statement.get("Action")):
            if action in ("*", "*:*"):
                yield "a statement allows every action"
            elif text(action).endswith(":*"):
                yield f"a statement allows {action}"


@resource_control(*IDENTITY, fix="name the ARNs that the role needs")
def sensitive_actions_are_on_named_resources(resource: Resource) -> Iterator[str]:
    """Reading secrets, decrypting, sending commands and passing or assuming roles needs named resources."""
    for statement in _allowed_to_holder(resource):
        if statement.get("Condition"):
            continue
        if "NotResource" in statement or any(map(_is_wide, as_list(statement.get("Resource")))):
            yield from (f"{action} is allowed on everything" for action in SENSITIVE if grants(statement, action))


def _allowed_to_holder(resource: Resource) -> Iterator[Mapping[str, Any]]:
    for document in identity_documents(resource):
        yield from allowed(document)


def _is_wide(arn: Any) -> bool:
    """Whether an ARN is `*`, or `*` within its service or kind (`arn:aws:kms:*:*:key/*`)."""
    name = text(arn).split(":", 5)[-1]
    return name == "*" or name in ("secret:*", "key/*", "role/*", "parameter/*", "instance/*", "document/*")


@resource_control(
    *ATTACHMENTS, "aws:iam/role:Role", severity="critical", fix="attach a policy with only the needed actions"
)
def no_aws_administrator_policies(resource: Resource) -> Iterator[str]:
    """No role, user or group has one of AWS's administrator policies."""
    for arn in (resource.get("policyArn"), *items(resource.get("managedPolicyArns"))):
        if text(arn).rpartition("/")[2] in ADMINISTRATORS:
            yield f"{text(arn).rpartition('/')[2]} is attached"


@resource_control(*TRUSTING, severity="critical", fix="name the principal, or limit * with a Condition")
def trust_policies_name_principals(resource: Resource) -> Iterator[str]:
    """Roles, keys, secrets, queues and repositories trust named principals."""
    for statement in allowed(trusting_document(resource)):
        if "*" in principals(statement) and not statement.get("Condition"):
            yield "everyone is trusted"
        if "NotPrincipal" in statement:
            yield "everyone except a few is trusted (NotPrincipal)"


@resource_control("aws:iam/accessKey:AccessKey", fix="use a role")
def no_access_keys(resource: Resource) -> Iterator[str]:
    """There are no access keys: roles have credentials that expire."""
    yield f"{resource.name} is a credential that never expires"
