"""The connector keys that a twin honours, and the check of a connector's configuration against them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local.errors import RunError


@dataclass(frozen=True, kw_only=True)
class Key:
    """One configuration key.

    `to`: the local setting that takes its value; None when the twin satisfies the key by design, for the reason `why`.
    `values`: the values that the twin can honour; empty means any. `form`: a pattern for the value, and its words.
    """

    to: str | None = None
    values: tuple[str, ...] = ()
    why: str = ""
    form: tuple[str, str] | None = None
    required: bool = False


COUNT = (r"[1-9]\d{0,8}", "a whole number from 1")
WHOLE = (r"\d{1,9}", "a whole number from 0")


def carried(*values: str, to: str, form: tuple[str, str] | None = None, required: bool = False) -> Key:
    """A key that becomes the twin's setting `to`."""
    return Key(to=to, values=values, form=form, required=required)


def holds(why: str, *values: str, form: tuple[str, str] | None = None) -> Key:
    """A key that the twin satisfies by design; `values` lists the settings it can honour, none means all."""
    return Key(values=values, why=why, form=form)


COMMON = {
    "name": holds("the twin has the same name"),
    "connector.class": holds("it selects the twin"),
    "kafka.auth.mode": holds("every client of the run has an account", "SERVICE_ACCOUNT"),
    "kafka.service.account.id": holds("the twin connects as this account"),
    "tasks.max": holds("one task reads all partitions; more tasks would only be faster", form=COUNT),
}


def translate(config: Mapping[str, str], keys: Mapping[str, Key]) -> dict[str, str]:
    """The twin's settings. Raises RunError, which lists every unknown key, missing key and refused value."""
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
        return f"{key} is not a key that the local run knows{_hint(key, keys)}"
    allowed, form = keys[key].values, keys[key].form
    if allowed and value not in allowed:
        return f"{key} is {value!r}; the local run can honour {', '.join(allowed)}{_hint(value, allowed)}"
    if form and not re.fullmatch(form[0], value):
        return f"{key} is {value!r}; set it to {form[1]}"
    return None


def _hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
