"""The SSM document that writes the bootstrap's files to the host and runs them.

Its content depends on no output, so a preview shows its changes and knows its version.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..contracts import APP_TABLES, SCHEMA, SOURCES, ddl
from . import names

_FILES = Path(__file__).parent / "bootstrap"
_TARGET = "/opt/oracle-bootstrap"
_END = "END_OF_BOOTSTRAP_FILE"
MAX_BYTES = 64 * 1024
"""A document's limit (SSM quotas)."""
RUN_SECONDS = 3000


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """`version` is the digest of the files; the host reports it when the bootstrap has finished."""

    content: str
    version: str


def build(*, region: str, image: str, recovery_gib: int) -> Bootstrap:
    """The document for one host. Raises ValueError if it is larger than SSM allows."""
    files = _files(region, image, recovery_gib)
    version = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    files["settings.sh"] += f"VERSION={version}\n"
    content = json.dumps(_document(files))
    if len(content.encode()) > MAX_BYTES:
        raise ValueError(
            f"the bootstrap document has {len(content.encode())} bytes; SSM allows {MAX_BYTES}; shorten it"
        )
    return Bootstrap(content=content, version=version)


def _files(region: str, image: str, recovery_gib: int) -> dict[str, str]:
    """The files' texts by path, with the tables' DDL from the contracts."""
    found = {
        path.relative_to(_FILES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(_FILES.rglob("*"))
        if path.is_file()
    }
    for table in (*SOURCES, *APP_TABLES):
        statement = f"ALTER SESSION SET CONTAINER = &container;\n{ddl.oracle(table)};\n"
        found[f"sql/table-{table.name}.apply.sql"] = statement
    return found | {"settings.sh": _settings(region, image, recovery_gib)}


def _settings(region: str, image: str, recovery_gib: int) -> str:
    values = {
        "REGION": region,
        "IMAGE": image,
        "RECOVERY_GIB": str(recovery_gib),
        "CDB": names.CDB,
        "PDB": names.PDB,
        "SCHEMA": SCHEMA,
        "TABLES": " ".join(table.name for table in SOURCES),
        "APP_TABLES": " ".join(table.name for table in APP_TABLES),
        "NULLABLE": "\n".join(
            f"{table.name} {column.name} {ddl.oracle_column(column)}"
            for table in (*SOURCES, *APP_TABLES)
            for column in table.columns
            if column.nullable
        ),
        "INDEXES": "\n".join(
            f"{table.name} {ddl.index_name(table, columns)} {ddl.index_columns(columns)}"
            for table in SOURCES
            for columns in table.indexes
        ),
        "APP_USER": names.APP_USER,
        "XSTREAM_ADMIN": names.XSTREAM_ADMIN,
        "XSTREAM_USER": names.XSTREAM_USER,
        "OUTBOUND_SERVER": names.OUTBOUND_SERVER,
        "CAPTURE": names.CAPTURE,
    }
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def _document(files: dict[str, str]) -> dict[str, object]:
    return {
        "schemaVersion": "2.2",
        "description": "Makes the host an Oracle XE database with an XStream outbound server; idempotent.",
        "parameters": {
            "SecretArn": {"type": "String", "allowedPattern": "^arn:aws[a-z-]*:secretsmanager:[A-Za-z0-9:/_+=.@-]+$"},
            "VolumeId": {"type": "String", "allowedPattern": "^vol-[0-9a-f]+$"},
        },
        "mainSteps": [
            {
                "action": "aws:runShellScript",
                "name": "bootstrap",
                "inputs": {"timeoutSeconds": str(RUN_SECONDS), "runCommand": script(files).splitlines()},
            }
        ],
    }


def script(files: dict[str, str]) -> str:
    """A shell script that writes the files and runs the bootstrap with the document's parameters."""
    folders = sorted({str(PurePosixPath(path).parent) for path in files})
    lines = ["#!/bin/sh", "set -eu", "umask 077", f"target={_TARGET}", 'rm -rf "$target"']
    lines += [f'mkdir -p "$target/{folder}"' for folder in folders]
    for path, text in files.items():
        lines += [f"cat >\"$target/{path}\" <<'{_END}'", text.removesuffix("\n"), _END]
    lines += ["export SECRET_ARN='{{ SecretArn }}' VOLUME_ID='{{ VolumeId }}'", 'exec bash "$target/bootstrap.sh"', ""]
    return "\n".join(lines)
