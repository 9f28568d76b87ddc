"""Tables of connector keys, and the check of a configuration against them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from local.errors import RunError


@dataclass(frozen=True, kw_only=True)
class Key:
    """One configuration key.

    `to` is the local setting that carries its value, None when it holds by construction, for the reason in `why`.
    `values` are those that have a meaning here; empty means any. A `required` key may not be missing.
    """

    to: str | None = None
    values: tuple[str, ...] = ()
    why: str = ""
    required: bool = False


def carried(*values: str, to: str, required: bool = False) -> Key:
    """The local twin has this setting, as `to`."""
    return Key(to=to, values=values, required=required)


def holds(why: str, *values: str) -> Key:
    """True in the local run whatever it does, for one of `values` (all values when none are given)."""
    return Key(values=values, why=why)


COMMON = {
    "name": holds("names the twin too"),
    "connector.class": holds("chose this table"),
    "kafka.auth.mode": holds("every client of the run has an account", "SERVICE_ACCOUNT"),
    "kafka.service.account.id": holds("the twin connects as this account"),
    "tasks.max": holds("one task reads all partitions; more would change the speed alone"),
}


def translate(config: Mapping[str, str], keys: Mapping[str, Key]) -> dict[str, str]:
    """The local settings of a connector.

    Raises:
        RunError: lists every key that is unknown, missing or has a value without a meaning here.
    """
    name = config.get("name", "(no name)")
    problems = [problem for key, value in config.items() if (problem := _problem(key, value, keys))]
    problems += [f"{key} is missing" for key, rule in keys.items() if rule.required and key not in config]
    if problems:
        raise RunError(
            "\n".join([f"connector {name} ({config.get('connector.class')}):", *(f"  {p}" for p in problems)])
        )
    return {rule.to: config[key] for key, rule in keys.items() if rule.to and key in config}


def _problem(key: str, value: str, keys: Mapping[str, Key]) -> str | None:
    if key not in keys:
        near = difflib.get_close_matches(key, keys, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f"{key} is not a key that the local run knows{hint}"
    allowed = keys[key].values
    if allowed and value not in allowed:
        return f"{key} is {value!r}; the local run can honour {', '.join(allowed)}"
    return None
