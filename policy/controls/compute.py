"""Hosts and their disks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy.inputs import absent, enabled, get, items, one_of
from policy.model import Resource, resource_control

INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
VOLUME = "aws:ebs/volume:Volume"
KEY_PAIR = "aws:ec2/keyPair:KeyPair"


@resource_control(INSTANCE, TEMPLATE, severity="critical", fix="set associate_public_ip_address to False")
def no_public_address_on_hosts(resource: Resource) -> Iterator[str]:
    """No host has a public address."""
    interfaces = [resource.inputs, *items(resource.get("networkInterfaces"))]
    if any(get(interface, "associatePublicIpAddress") in (True, "true") for interface in interfaces):
        yield "the host gets a public address"


@resource_control(
    INSTANCE, TEMPLATE, fix='set metadata_options with http_tokens="required" and http_put_response_hop_limit=1'
)
def metadata_requires_a_token(resource: Resource) -> Iterator[str]:
    """Only IMDSv2 serves a host's metadata, and only to the host, not to its containers."""
    metadata = resource.get("metadataOptions")
    if one_of(get(metadata, "httpEndpoint"), "disabled"):
        return
    if not one_of(get(metadata, "httpTokens"), "required"):
        yield "IMDSv1 is on: a forged request from inside reads the role's credentials"
    if not one_of(get(metadata, "httpPutResponseHopLimit"), 1):
        yield "the hop limit is not 1, so containers reach the role's credentials"


@resource_control(INSTANCE, TEMPLATE, VOLUME, fix="set encrypted to True and kms_key_id to the stack's key")
def disks_are_encrypted(resource: Resource) -> Iterator[str]:
    """Each disk is encrypted with a key of the stack."""
    for name, disk in _disks(resource):
        if not enabled(get(disk, "encrypted")):
            yield f"{name} is not encrypted"
        elif absent(get(disk, "kmsKeyId")):
            yield f"{name} is encrypted with AWS's key"


def _disks(resource: Resource) -> Iterator[tuple[str, Any]]:
    if resource.type == VOLUME:
        yield "the volume", resource.inputs
    elif resource.type == INSTANCE:
        yield "the root disk", resource.get("rootBlockDevice")
        yield from (("a further disk", disk) for disk in items(resource.get("ebsBlockDevices")))
    else:
        yield from (("a disk", get(mapping, "ebs")) for mapping in items(resource.get("blockDeviceMappings")))


@resource_control(KEY_PAIR, INSTANCE, TEMPLATE, fix="remove the key pair; use Session Manager")
def no_key_pairs(resource: Resource) -> Iterator[str]:
    """No SSH key pair exists, and no host uses one."""
    if resource.type == KEY_PAIR or resource.get("keyName"):
        yield "an SSH key opens the host"


@resource_control(INSTANCE, fix='set ignore_changes=["ami"], and change the image by a deliberate replacement')
def hosts_keep_their_image(resource: Resource) -> Iterator[str]:
    """A newer image does not replace a host, which would lose the data on its root disk."""
    if "ami" not in resource.options.ignore_changes:
        yield "the next look-up of the image replaces the host"
