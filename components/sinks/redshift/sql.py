"""Idempotent SQL that prepares Redshift for the sink connector: schema, one user per slot, grants."""

from __future__ import annotations

import hashlib

from ...contracts import SCHEMA
from ...credential_slots import CredentialSlots

# The connector creates its tables in the first schema of its search path: this one.
SINK_SCHEMA = SCHEMA.lower()
USER_PREFIX = "cflt_sink_"
EVERY_SLOT = CredentialSlots("ab").names
PROCEDURE = "public.set_up_sink"
SALT_BYTES = 32
"""AWS: Amazon Redshift Database Developer Guide, CREATE USER: `sha256|digest|salt`, a salt of 256 bits."""


def user(slot: str) -> str:
    """The database user of a slot, e.g. `cflt_sink_a`."""
    return f"{USER_PREFIX}{slot}"


def procedure(slots: CredentialSlots) -> str:
    """CREATE PROCEDURE for the set-up except the passwords.

    A procedure, because Redshift has no CREATE USER IF NOT EXISTS and the provider waits 30 seconds for each statement.
    Both slots' users exist from the start, so that each has grants on the other's future tables; an unused slot's user
    has no password.
    """
    a, b = (user(slot) for slot in EVERY_SLOT)
    disabled = [f"ALTER USER {user(slot)} PASSWORD DISABLE;" for slot in EVERY_SLOT if slot not in slots.names]
    body = [
        f"CREATE SCHEMA IF NOT EXISTS {SINK_SCHEMA};",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        *(line for slot in EVERY_SLOT for line in _ensure_user(user(slot))),
        f"GRANT USAGE, CREATE ON SCHEMA {SINK_SCHEMA} TO {a}, {b};",
        # After a rotation, the connector of one slot writes to tables that the other slot's user created.
        f"ALTER DEFAULT PRIVILEGES FOR USER {a} IN SCHEMA {SINK_SCHEMA} GRANT ALL ON TABLES TO {b};",
        f"ALTER DEFAULT PRIVILEGES FOR USER {b} IN SCHEMA {SINK_SCHEMA} GRANT ALL ON TABLES TO {a};",
        *disabled,
    ]
    lines = "\n".join(f"  {line}" for line in body)
    head = f"CREATE OR REPLACE PROCEDURE {PROCEDURE}() LANGUAGE plpgsql AS $$\nDECLARE\n  users INTEGER;\nBEGIN\n"
    return f"{head}{lines}\nEND;\n$$"


def _ensure_user(name: str) -> list[str]:
    return [
        f"SELECT INTO users COUNT(*) FROM pg_user WHERE usename = '{name}';",  # noqa: S608 - our own name
        "IF users = 0 THEN",
        f"  CREATE USER {name} PASSWORD DISABLE;",
        "END IF;",
        f"ALTER USER {name} SET search_path TO {SINK_SCHEMA};",
    ]


def call(slots: CredentialSlots) -> str:
    """CALL of the procedure. Its comment contains a digest, so that a changed definition runs again."""
    digest = hashlib.sha256(procedure(slots).encode()).hexdigest()[:12]
    return f"CALL {PROCEDURE}() /* definition {digest} */"


def set_password(slot: str, password: str, salt: str) -> str:
    """ALTER USER with only the password's hash, because logs, histories and the stack's state keep query texts.

    `salt` is hexadecimal; Redshift hashes the password and the salt's bytes with SHA-256. Raises ValueError for a salt
    of a length that Redshift does not document: the connector could not sign in.
    """
    if len(bytes.fromhex(salt)) != SALT_BYTES:
        raise ValueError(f"salt: Redshift takes {2 * SALT_BYTES} hexadecimal digits, not {len(salt)}")
    digest = hashlib.sha256(password.encode() + bytes.fromhex(salt)).hexdigest()
    return f"ALTER USER {user(slot)} PASSWORD 'sha256|{digest}|{salt}'"
