"""The API's clients: their keys' digests, rights and rates."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Scope = Literal["payments:write", "outcomes:write"]
DEFAULT_PER_SECOND = 1_000
MOST_KEY = 512
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"


class Client(BaseModel):
    """`payments_per_second` bounds each replica of the app by itself. From 100 on, a whole batch fits into the ten
    seconds in which payments are counted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
    name: str = ""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    payments_per_second: Annotated[int, Field(ge=100, le=1_000_000)] = DEFAULT_PER_SECOND


_CLIENTS = TypeAdapter(dict[Annotated[str, Field(pattern=NAME)], Client])


def read(text: str) -> list[Client]:
    """The clients of API_KEYS, JSON: {name: {"sha256": …, "scopes": […], "payments_per_second": …}}.

    Raises ImproperlyConfigured, which lists all problems and no digest.
    """
    try:
        found = _CLIENTS.validate_python(json.loads(text))
    except json.JSONDecodeError as error:
        raise ImproperlyConfigured(f"API_KEYS is not JSON: {error.msg} at column {error.colno}.") from None
    except ValidationError as error:
        problems = "; ".join(_words(one) for one in error.errors(include_input=False, include_url=False))
        raise ImproperlyConfigured(f"API_KEYS: {problems}.") from None
    twice = len(found) - len({client.sha256 for client in found.values()})
    if twice:
        raise ImproperlyConfigured(f"API_KEYS: {twice} clients have the key of another one; give each its own.")
    return [client.model_copy(update={"name": name}) for name, client in found.items()]


def _words(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"] if part != "[key]")
    return f"{place or 'the text'}: {error['msg']}"


def holder(clients: list[Client], key: str) -> Client | None:
    """Whose key it is. The time does not tell how near a guess is: all digests are compared, each in constant time."""
    digest = hashlib.sha256(key[:MOST_KEY].encode("utf-8", "surrogateescape")).hexdigest()
    found = None
    for client in clients:
        if hmac.compare_digest(client.sha256, digest):
            found = client
    return found
