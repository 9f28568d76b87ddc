"""The database's passwords: one per slot for users of other systems, one each for administrators."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import ResourceOptions

from ..aws_context import AwsContext
from ..credential_slots import CredentialSlots
from .names import APP_USER, XSTREAM_ADMIN, XSTREAM_USER

ADMINISTRATORS = ("SYS", "SYSTEM", XSTREAM_ADMIN)
SERVICE_USERS = (APP_USER, XSTREAM_USER)


class OraclePasswords:
    """Passwords in one secret, by user name.

    The secret holds only the passwords in use, which `active` has, too. Only the stack's state has those of inactive
    slots, and the secret's previous version has those before the last switch.
    """

    def __init__(
        self,
        name: str,
        *,
        slots: CredentialSlots,
        context: AwsContext,
        parent: pulumi.Resource,
    ):
        child = ResourceOptions(parent=parent)
        self.active: dict[str, pulumi.Output[str]] = {
            user: _password(f"{name}-{_short(user)}", child) for user in ADMINISTRATORS
        }
        for user in SERVICE_USERS:
            by_slot = {slot: _password(f"{name}-{_short(user)}-{slot}", child) for slot in slots.names}
            self.active[user] = by_slot[slots.active]
        self.secret = aws.secretsmanager.Secret(
            f"{name}-passwords",
            description=f"Passwords of the users of {name}, by user name",
            kms_key_id=context.kms_key_arn,
            recovery_window_in_days=30 if context.protect else 0,
            opts=ResourceOptions(parent=parent, protect=context.protect or None),
        )
        self.version = aws.secretsmanager.SecretVersion(
            f"{name}-passwords-version",
            secret_id=self.secret.id,
            secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(self.active)),
            opts=child,
        )


def _short(user: str) -> str:
    return user.removeprefix("C##").lower()


def _password(name: str, opts: ResourceOptions) -> pulumi.Output[str]:
    """Thirty characters, Oracle's limit: a letter, then letters and digits, which never need quoting."""
    generated = random.RandomPassword(
        name, length=29, special=False, min_lower=1, min_upper=1, min_numeric=1, opts=opts
    )
    return pulumi.Output.secret(pulumi.Output.concat("p", generated.result))
