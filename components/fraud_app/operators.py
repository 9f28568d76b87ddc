"""Operators of the page: names with hashes of their passwords, as app/fraudapp/operators.py reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..section import SecretText

NAME = r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}"
HASH = re.compile(r"pbkdf2_sha256\$(\d{1,9})\$[^$]+\$[A-Za-z0-9+/]{43}=")
LEAST_ITERATIONS = 600_000


class Operators(SecretText):
    """JSON, as `python app/manage.py operator NAME` prints it."""

    allowed = "a secret: JSON with a password hash for each name, made with app/manage.py operator (docs/access.md)"

    def problems(self, text: str) -> Iterator[str]:
        try:
            found: dict[str, Any] | list[Any] | str | float | None = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not found:
            yield "it is no JSON object with a name"
            return
        for name, password in found.items():
            if not re.fullmatch(NAME, name):
                yield f"the name {name[:80]!r} is not 1 to 64 letters, digits and ._@-, a letter or digit first"
            match = HASH.fullmatch(password) if isinstance(password, str) else None
            if not match:
                yield f"the entry of {name[:80]!r} is no hash of pbkdf2_sha256"
            elif int(match[1]) < LEAST_ITERATIONS:
                yield f"the hash of {name[:80]!r} has fewer than {LEAST_ITERATIONS} iterations"
