"""Encryption at rest: keys, secrets, logs and images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy.inputs import absent, enabled, get, items, one_of
from policy.model import Resource, resource_control

SECRET_TYPE = "aws:secretsmanager/secret:Secret"  # noqa: S105 (a type token)
PARAMETER = "aws:ssm/parameter:Parameter"


@resource_control("aws:kms/key:Key", fix="set enable_key_rotation to True")
def keys_are_rotated(resource: Resource) -> Iterator[str]:
    """Each symmetric KMS key is rotated every year."""
    symmetric = resource.get("customerMasterKeySpec") in (None, "SYMMETRIC_DEFAULT")
    if symmetric and not enabled(resource.get("enableKeyRotation")):
        yield "the key is never rotated"


@resource_control(SECRET_TYPE, PARAMETER, fix="set kms_key_id (key_id of a parameter) to the stack's key")
def secrets_are_under_the_stacks_key(resource: Resource) -> Iterator[str]:
    """Each stored secret is encrypted with a key of the stack, whose policy restricts its readers."""
    if resource.type == SECRET_TYPE and absent(resource.get("kmsKeyId")):
        yield "the secret is encrypted with AWS's key"
    if resource.type == PARAMETER and resource.get("type") == "SecureString" and absent(resource.get("keyId")):
        yield "the parameter is encrypted with AWS's key"


@resource_control("aws:cloudwatch/logGroup:LogGroup", severity="medium", fix="set retention_in_days and kms_key_id")
def logs_expire_and_are_encrypted(resource: Resource) -> Iterator[str]:
    """Each log group has a retention time and is encrypted with a key of the stack."""
    if resource.get("retentionInDays") in (None, 0):
        yield "the logs never expire"
    if absent(resource.get("kmsKeyId")):
        yield "the logs are encrypted with AWS's key"


@resource_control(
    "aws:ecr/repository:Repository",
    severity="medium",
    fix='set image_tag_mutability="IMMUTABLE", scan_on_push and a KMS encryption configuration',
)
def images_are_immutable_and_scanned(resource: Resource) -> Iterator[str]:
    """An image repository is encrypted with a key of the stack, scans pushed images and has immutable tags."""
    if resource.get("imageTagMutability") in (None, "MUTABLE", "MUTABLE_WITH_EXCLUSION"):
        yield "a tag can move to another image"
    if not enabled(resource.get("imageScanningConfiguration", "scanOnPush")):
        yield "images are not scanned"
    encryptions = resource.get("encryptionConfigurations")
    if absent(encryptions) or not all(map(_by_own_key, items(encryptions))):
        yield "images are encrypted with AWS's key"


def _by_own_key(encryption: Any) -> bool:
    return one_of(get(encryption, "encryptionType"), "KMS", "KMS_DSSE") and not absent(get(encryption, "kmsKey"))
