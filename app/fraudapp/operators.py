"""Reads who may change anything from the environment."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured

NAME = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"
NAME_WORDS = "1 to 64 letters, digits, dots, dashes, underscores and @, a letter or digit first"
HASH = re.compile(r"pbkdf2_sha256\$(\d{1,9})\$[^$]+\$[A-Za-z0-9+/]{43}=")
LEAST_ITERATIONS = 600_000
MAKE = "make the entry with `manage.py operator NAME`"


def read(text: str) -> dict[str, str]:
    """The password hashes by name; none for an empty text. Raises ImproperlyConfigured, which lists every problem but
    quotes no hash.
    """
    if not text:
        return {}
    try:
        found: dict[str, Any] | list[Any] | str | float | None = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    problems = list(_problems(found)) if isinstance(found, dict) else [f"it is no JSON object of names; {MAKE}"]
    if problems or not isinstance(found, dict):
        raise ImproperlyConfigured(f"OPERATORS has {len(problems)} problem(s): {'; '.join(problems)}.")
    return found


def local(name: str) -> str:
    """The user of a run on one machine, "" for none."""
    if name and not re.fullmatch(NAME, name):
        raise ImproperlyConfigured(f"LOCAL_OPERATOR is {name!r}; set it to a name of {NAME_WORDS}.")
    return name


def _problems(found: dict[str, Any]) -> Iterator[str]:
    if not found:
        yield f"it names nobody; {MAKE}, or leave OPERATORS out for a page that is only read"
    for name, password in found.items():
        if not re.fullmatch(NAME, name):
            yield f"the name {name[:80]!r} is not allowed; use {NAME_WORDS}"
        match = HASH.fullmatch(password) if isinstance(password, str) else None
        if not match:
            yield f"the entry of {name[:80]!r} is no hash of pbkdf2_sha256; {MAKE}"
        elif int(match[1]) < LEAST_ITERATIONS:
            yield f"the hash of {name[:80]!r} has {match[1]} iterations, fewer than {LEAST_ITERATIONS}; {MAKE}"
