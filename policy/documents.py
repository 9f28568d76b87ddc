"""IAM policy documents, which are JSON text in the inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from policy.inputs import Opaque, Value, absent, get, items
from policy.model import Resource

IDENTITY = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/role:Role",
)
"""Types with documents that grant rights to their holder."""

_TRUSTING = {
    "aws:iam/role:Role": "assumeRolePolicy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
}
TRUSTING = tuple(_TRUSTING)
"""Types with a document that grants access to themselves."""

_OPENSEARCH = ("aws:opensearch/domain:Domain", "aws:opensearch/domainPolicy:DomainPolicy")
WITH_DOCUMENTS = tuple(dict.fromkeys((*IDENTITY, *TRUSTING, *_OPENSEARCH)))


def identity_documents(resource: Resource) -> list[Any]:
    if resource.type == "aws:iam/role:Role":
        return [get(inline, "policy") for inline in items(resource.get("inlinePolicies"))]
    return [resource.get("policy")]


def trusting_document(resource: Resource) -> Any:
    return resource.get(_TRUSTING[resource.type])


def all_documents(resource: Resource) -> Iterator[Any]:
    """All visible documents of a resource."""
    found = identity_documents(resource) if resource.type in IDENTITY else []
    found += [trusting_document(resource)] if resource.type in TRUSTING else []
    found += [resource.get("accessPolicies")] if resource.type in _OPENSEARCH else []
    return (document for document in found if not absent(document) and not isinstance(document, Opaque))


def parsed(document: Value) -> Mapping[str, Any] | None:
    """The document as an object; None if it is not one."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    return document if isinstance(document, Mapping) else None


def allowed(document: Any) -> list[Mapping[str, Any]]:
    """The Allow statements; none if the document is missing, opaque or unreadable."""
    if absent(document) or isinstance(document, Opaque):
        return []
    statements: Sequence[Value] = as_list(get(parsed(document), "Statement"))
    return [item for item in statements if isinstance(item, Mapping) and item.get("Effect") == "Allow"]


def as_list(value: Any) -> Sequence[Any]:
    """A list, which IAM documents may write as a single value."""
    if value is None or isinstance(value, Opaque):
        return ()
    return items(value) or (() if isinstance(value, list) else (value,))


def principals(statement: Mapping[str, Any]) -> list[Any]:
    value: Value = statement.get("Principal")
    if isinstance(value, Mapping):
        return [one for group in value.values() for one in as_list(group)]
    return list(as_list(value))


def grants(statement: Mapping[str, Any], action: str) -> bool:
    """Whether a statement's actions, with their wildcards, include the action."""
    patterns = (str(pattern).lower() for pattern in as_list(statement.get("Action")))
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)
