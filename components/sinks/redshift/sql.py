"""SQL that prepares Redshift for the sink connector: schema, one user per slot, grants. Safe to run again."""

from __future__ import annotations

import hashlib

from ...contracts import SCHEMA
from ...credential_slots import CredentialSlots

# The connector makes its tables in the first schema of its search path, so this is where they land.
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
    """CREATE PROCEDURE of the whole set-up but the passwords.

    A procedure, because Redshift has no CREATE USER IF NOT EXISTS, and because the provider waits 30 seconds for each
    statement that it runs. Both slots' users exist from the start, so that each is given the other's tables before
    there are any; a slot that is switched off has no password.
    """
    a, b = (user(slot) for slot in EVERY_SLOT)
    disabled = [f"ALTER USER {user(slot)} PASSWORD DISABLE;" for slot in EVERY_SLOT if slot not in slots.names]
    body = [
        f"CREATE SCHEMA IF NOT EXISTS {SINK_SCHEMA};",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;",
        *(line for slot in EVERY_SLOT for line in _ensure_user(user(slot))),
        f"GRANT USAGE, CREATE ON SCHEMA {SINK_SCHEMA} TO {a}, {b};",
        # The connector of one slot made the tables that the connector of the other writes to after a rotation.
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
    """CALL of the procedure; its comment changes with the definition, so that a new one is run, too."""
    digest = hashlib.sha256(procedure(slots).encode()).hexdigest()[:12]
    return f"CALL {PROCEDURE}() /* definition {digest} */"


def set_password(slot: str, password: str, salt: str) -> str:
    """ALTER USER with the password's hash alone: query texts are kept in logs, histories and the stack's state.

    `salt` is hexadecimal; Redshift appends its bytes to the password before hashing with SHA-256. Raises ValueError for
    a salt that Redshift does not document, as the connector could not sign in.
    """
    if len(bytes.fromhex(salt)) != SALT_BYTES:
        raise ValueError(f"salt: Redshift takes {2 * SALT_BYTES} hexadecimal digits, not {len(salt)}")
    digest = hashlib.sha256(password.encode() + bytes.fromhex(salt)).hexdigest()
    return f"ALTER USER {user(slot)} PASSWORD 'sha256|{digest}|{salt}'"
