"""Secrets are stored only where they are encrypted."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

from policy.inputs import SECRET, Value, items, leaves, text, words
from policy.model import Resource, resource_control

INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 (a type token)
PRIVATE_KEY = "tls:index/privateKey:PrivateKey"
SHORTEST, FEWEST_BITS = 20, 2048
COMMANDS = ("command:local:Command", "command:remote:Command")

# A private key, an AWS access key, a password in a URL, a password in SQL.
CREDENTIAL = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|://[^\s/:@]+:[^\s/@$]+@"
    r"|\bpassword\s+'[^']+'",
    re.IGNORECASE,
)
# PASSWORD=abc, but neither PASSWORD=$(…) nor PASSWORD={…}.
ASSIGNMENT = re.compile(r"(?:password|passwd|pwd|secret|token|api_?key)[\"']?\s*[:=]\s*[\"']?[^\s\"'$<{\[]{4}", re.I)
NAMES = (
    "password", "passwords", "passwd", "passphrase", "secret", "token", "private key", "secret key", "secret string",
    "secret binary", "access key", "api key",
)  # fmt: skip
"""Last words of the keys of secret values: `aws.redshift.password`, `flinkApiSecret`, but not `secretArn`."""


def names_a_secret(key: str) -> bool:
    last = f" {' '.join(words(key))}"
    return any(last.endswith(f" {name}") for name in NAMES)


@resource_control(
    plan_only=True, severity="critical", fix="pass the secret Output on unchanged, or wrap it: pulumi.Output.secret()"
)
def no_plaintext_secrets(resource: Resource) -> Iterator[str]:
    """Every input with a secret's name has a value that is marked as secret."""
    for path, value in leaves(resource.inputs):
        if path and isinstance(value, str) and value and names_a_secret(path[-1]):
            yield f"{'.'.join(path)} is in plaintext"
    yield from (f"the variable {name} is in plaintext" for name in _plain_variables(resource.inputs))


def _plain_variables(value: Value) -> Iterator[str]:
    """Names of secrets in lists of `{name, value}`, as in pods."""
    if isinstance(value, Mapping):
        name, content = text(value.get("name")), value.get("value")
        if isinstance(content, str) and content and names_a_secret(name):
            yield name
    for item in value.values() if isinstance(value, Mapping) else items(value):
        yield from _plain_variables(item)


@resource_control(
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:ssm/parameter:Parameter",
    plan_only=True,
    severity="critical",
    fix="pass a secret Output, e.g. random.RandomPassword().result",
)
def stored_secrets_are_secret(resource: Resource) -> Iterator[str]:
    """The program marks stored secrets as secret, so Pulumi's state encrypts them."""
    secure = resource.get("type") == "SecureString"
    value = resource.get("value") if secure else resource.get("secretString")
    if isinstance(value, str) and value:
        yield "the stored value is in plaintext in Pulumi's state"


@resource_control(PASSWORD, PRIVATE_KEY, fix=f"set length to {SHORTEST} or more, rsa_bits to {FEWEST_BITS} or more")
def generated_secrets_are_strong(resource: Resource) -> Iterator[str]:
    """Passwords and keys that the program generates are too long to guess."""
    length, bits = resource.get("length"), resource.get("rsaBits")
    if resource.type == PASSWORD and isinstance(length, int) and length < SHORTEST:
        yield f"the password has {length} characters"
    if resource.type == PRIVATE_KEY and isinstance(bits, int) and bits < FEWEST_BITS:
        yield f"the key has {bits} bits"


@resource_control(INSTANCE, TEMPLATE, severity="critical", fix="let the host's role read it from Secrets Manager")
def no_secrets_in_user_data(resource: Resource) -> Iterator[str]:
    """User data contains no secret: everyone with access to the host can read it."""
    for key in ("userData", "userDataBase64"):
        value = resource.get(key)
        script = _decoded(text(value))
        if value is SECRET or CREDENTIAL.search(script) or ASSIGNMENT.search(script):
            yield f"{key} contains a secret"


def _decoded(script: str) -> str:
    """The script, decoded if it is base64."""
    try:
        return base64.b64decode(script, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return script


@resource_control(*COMMANDS, severity="critical", fix="pass it in `environment`")
def no_secrets_on_command_lines(resource: Resource) -> Iterator[str]:
    """A command line contains no secret: every process of the machine can read it."""
    for key in ("create", "update", "delete"):
        value = resource.get(key)
        if value is SECRET or CREDENTIAL.search(text(value)):
            yield f"{key} contains a secret"


@resource_control("aws:ssm/document:Document", severity="critical", fix="read it from Secrets Manager on the host")
def no_secrets_in_documents(resource: Resource) -> Iterator[str]:
    """A Systems Manager document contains no secret: the logs of its runs show it."""
    content = resource.get("content")
    if content is SECRET or CREDENTIAL.search(text(content)):
        yield "the document contains a secret"


@resource_control("kubernetes:core/v1:ConfigMap", severity="critical", fix="move it to a Secret")
def no_secrets_in_config_maps(resource: Resource) -> Iterator[str]:
    """A ConfigMap contains no secret: it is not encrypted."""
    for path, value in leaves({"data": resource.get("data"), "binaryData": resource.get("binaryData")}):
        if value is SECRET or CREDENTIAL.search(text(value)) or (text(value) and names_a_secret(path[-1])):
            yield f"{'.'.join(path)} is a secret"


@resource_control(fix="remove the secret")
def no_secrets_in_tags_and_descriptions(resource: Resource) -> Iterator[str]:
    """Tags, labels and descriptions contain no secret: every list shows them."""
    shown = {key: resource.get(key) for key in ("tags", "description", "comment", "displayName")}
    shown |= {"labels": resource.get("metadata", "labels"), "annotations": resource.get("metadata", "annotations")}
    for path, value in leaves(shown):
        if value is SECRET or CREDENTIAL.search(text(value)):
            yield f"{'.'.join(path)} contains a secret"
