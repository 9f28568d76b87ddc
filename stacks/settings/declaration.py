"""Generate the configuration keys of `Pulumi.yaml` and `docs/configuration.md` from the sections.

`make config` writes both files; a test checks that they are current.
"""

from __future__ import annotations

import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic.fields import FieldInfo

from components.confluent.settings import ClusterSettings, StreamingSettings
from components.contracts.types import Json
from components.credential_slots import CredentialSlots
from components.fraud_app.settings import AppSettings
from components.monitoring.settings import MonitoringSettings
from components.network.settings import NetworkSettings
from components.oracle.settings import OracleSettings, SourceSettings
from components.section import Section, constraint, key, secret_text
from components.sinks.sinks import SINKS
from stacks.settings.general import General
from stacks.settings.sinks import SinkChoice

ROOT = Path(__file__).resolve().parents[2]
SECTIONS: tuple[type[Section], ...] = (
    General,
    NetworkSettings,
    ClusterSettings,
    StreamingSettings,
    OracleSettings,
    SourceSettings,
    SinkChoice,
    *(sink.settings for sink in SINKS.values()),
    AppSettings,
    MonitoringSettings,
)
TYPES = {bool: "boolean", int: "integer"}
INTRODUCTION = """\
# Configuration

Set a stack's keys with `pulumi config set <key> <value>` or in `config:` of `Pulumi.<stack>.yaml`. One error reports
all problems before anything is created. `make config` generates this page and the keys in `Pulumi.yaml` from the models
of the sections; edit those.
"""


def keys() -> dict[str, FieldInfo]:
    """The fields of all sections, by key."""
    return {key(field): field for section in SECTIONS for field in section.model_fields.values()}


def type_of(field: FieldInfo) -> str:
    """A key's type in Pulumi.yaml."""
    if typing.get_origin(field.annotation) is tuple:
        return "array"
    return TYPES.get(field.annotation, "string") if isinstance(field.annotation, type) else "string"


def config_block() -> dict[str, dict[str, Any]]:
    """`config` of Pulumi.yaml."""
    return {name: _entry(field) for name, field in keys().items()}


def _entry(field: FieldInfo) -> dict[str, Any]:
    kind = type_of(field)
    items = {"items": {"type": "string"}} if kind == "array" else {}
    words = f"{field.description} Allowed: {_allowed(field)}."
    return {"type": kind, **items, "default": _default(field), "description": words}


def _allowed(field: FieldInfo) -> str:
    found = constraint(field)
    form = secret_text(field)
    return found.allowed if found else form.allowed if form else "a secret"


def _default(field: FieldInfo) -> Json:
    default: tuple[str, ...] | CredentialSlots | Decimal | Json = field.default
    match default:
        case None:
            return ""
        case CredentialSlots(text):
            return text
        case Decimal() as amount:
            return str(amount)
        case tuple() as items:
            return list(items)
        case plain:
            return plain


def project_file(present: str) -> str:
    """Pulumi.yaml with a new `config`."""
    head, _, _ = present.partition("\nconfig:\n")
    block = yaml.safe_dump({"config": config_block()}, sort_keys=False, allow_unicode=True, width=10_000)
    return f"{head}\n{block}"


def reference() -> str:
    """docs/configuration.md."""
    return "\n".join([INTRODUCTION, *map(_table, SECTIONS)])


def _table(section: type[Section]) -> str:
    rows = [
        f"| `{key(field)}` | {_cell(_default(field))} | {_allowed(field)} | {field.description} |"
        for field in section.model_fields.values()
    ]
    return "\n".join(
        [f"## {section.title}\n", "| Key | Default | Allowed | Description |", "| --- | --- | --- | --- |", *rows, ""]
    )


def _cell(default: Json) -> str:
    match default:
        case bool():
            return f"`{str(default).lower()}`"
        case list():
            return f"`[{', '.join(default)}]`"
        case "":
            return ""
        case _:
            return f"`{default}`"
