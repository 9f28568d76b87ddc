"""Find the placeholders of the committed stack files, which each user must replace.

The offline plan accepts them. The engine must not: Snowflake's provider signs in even during a preview, and waits three
minutes for an account that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from pydantic.fields import FieldInfo

from components.constraints import Constraint, Maybe, Networks
from components.fraud_app.settings import HOSTNAME, IMAGE
from components.monitoring.settings import ADDRESS
from components.section import Section, constraint, key, only_placeholder
from stacks.settings.reader import Reader

# RFC 5737: addresses for documentation.
DOCUMENTATION = tuple(map(IPv4Network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")))
# RFC 2606: names for documentation.
EXAMPLE_HOST = re.compile(r"(.*\.)?example(\.(com|net|org))?|.*\.(test|invalid|localhost)")
# The account in AWS's examples.
EXAMPLE_ACCOUNT = ":123456789012:"


def check(reader: Reader, sections: Iterable[Section]) -> None:
    """Report at most one placeholder per key."""
    for section in sections:
        for name, field in type(section).model_fields.items():
            if told := next(_problems(field, getattr(section, name)), None):
                reader.problems.append(f"{key(field)}: {told}: {reader.command(key(field))}")


def _problems(field: FieldInfo, value: tuple[str, ...] | str | float | None) -> Iterator[str]:
    if only_placeholder(field) and value == field.default:
        yield f"{value!r} is a placeholder; set your account's"
    kind = _inner(constraint(field))
    for item in value if isinstance(value, tuple) else (value,):
        if isinstance(kind, Networks) and any(map(IPv4Network(item).overlaps, DOCUMENTATION)):
            yield f"{item!r} is an address for documentation; set your networks"
        if EXAMPLE_ACCOUNT in str(item):
            yield f"{item!r} belongs to the account in AWS's examples; set an ARN of your account"
        if kind in (HOSTNAME, IMAGE) and EXAMPLE_HOST.fullmatch(str(item).split("/")[0].split("@")[0]):
            yield f"{item!r} is a name for documentation; set your own name"
        if kind is ADDRESS and EXAMPLE_HOST.fullmatch(str(item).rpartition("@")[2]):
            yield f"{item!r} is an address for documentation; set whom to tell of alarms"


def _inner(kind: Constraint | None) -> Constraint | None:
    return kind.inner if isinstance(kind, Maybe) else kind
