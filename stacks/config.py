"""Reads Pulumi configuration as it is declared in Pulumi.yaml, and collects every problem before it reports one."""

from __future__ import annotations

import difflib
import ipaddress
import itertools
import json
import re
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pulumi
import yaml
from pulumi.runtime import config as runtime_config

from components.contracts import rules, stack_file
from components.credential_slots import ALLOWED, CredentialSlots

# The loader in C takes a tenth of the time; some builds of PyYAML are without it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LONGEST_QUOTE = 200
PROJECT_FILE = Path(__file__).resolve().parent.parent / "Pulumi.yaml"


class SettingsError(pulumi.RunError):
    """All problems of a stack's configuration, one per line: key, value, what is allowed, how to mend it.

    A RunError, which the engine shows without Python's traceback.
    """

    def __init__(self, stack: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"Pulumi.{stack}.yaml has {len(self.problems)} problem(s); nothing was made:\n{lines}")


class Reader:
    """One typed read per key; a bad value is noted and a harmless stand-in returned, so that reading goes on.

    Call `finish` before using what was read: it raises when anything was noted.
    """

    def __init__(self) -> None:
        declared = yaml.load(PROJECT_FILE.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - it is a safe one
        self._project: str = declared["name"]
        self._declared: dict[str, dict[str, Any]] = declared["config"]
        self._config = pulumi.Config(self._project)
        self.problems: list[str] = []
        # Whether the plan is recorded offline, instead of run by the engine.
        self.recorded = runtime_config.CONFIG.get().get(stack_file.RECORDED) == "true"

    def check_stack_file(self) -> None:
        """Note what the engine has read otherwise than it stands in the stack's file; the recorder says it itself."""
        if self.recorded:
            self.problems += json.loads(runtime_config.CONFIG.get().get(stack_file.PROBLEMS, "[]"))
            return
        path = PROJECT_FILE.parent / f"Pulumi.{pulumi.get_stack()}.yaml"
        if path.is_file():
            try:
                stack_file.read(path, self._declared, self._project)
            except stack_file.StackFileError as error:
                self.problems += error.problems

    def check_rule_files(self) -> None:
        """Note what is wrong in flink_sql/rules."""
        try:
            rules.read()
        except rules.RuleError as error:
            self.problems += error.problems

    def finish(self) -> None:
        """Raise SettingsError when a key is unknown or a value was refused."""
        prefix = f"{self._project}:"
        for full in sorted(runtime_config.CONFIG.get()):
            key = full.removeprefix(prefix)
            if full.startswith(prefix) and key not in self._declared:
                near = difflib.get_close_matches(key, self._declared, 1)
                hint = f"did you mean {near[0]}?" if near else "see Pulumi.yaml for the keys that exist"
                self.problems.append(f"{key}: no such key; {hint}")
        if self.problems:
            raise SettingsError(pulumi.get_stack(), self.problems)

    def refuse(self, key: str, value: object, allowed: str, fix: str = "") -> None:
        """Note a problem with a key's value."""
        advice = fix or self.command(key)
        self.problems.append(f"{key}: {_shortened(repr(value))} is not allowed; allowed: {allowed}; fix: {advice}")

    def command(self, key: str) -> str:
        """How to set a key. A list is set by its items: the engine refuses the text that the CLI would write."""
        entry = self._declared.get(key) or {}
        where = f"--path '{key}[0]'" if entry.get("type") == "array" else key
        return f"pulumi config set {where} <value>"

    def text(self, key: str, pattern: str, allowed: str) -> str:
        """Text that matches `pattern` as a whole; `allowed` says so in words."""
        return self.checked(key, str(self._raw(key)), pattern, allowed)

    def checked(self, key: str, value: str, pattern: str, allowed: str) -> str:
        """A value that was derived for a key, checked like one that was given."""
        if not re.fullmatch(pattern, value):
            self.refuse(key, value, allowed)
        return value

    def not_reserved(self, key: str, name: str, words: Collection[str], of: str) -> None:
        """Note a name that is one of the words which `of` keeps for itself."""
        if name in words:
            self.refuse(key, name, f"another name: {name} is a word that {of} keeps for itself")

    def flag(self, key: str) -> bool:
        """true or false."""
        value = str(self._raw(key)).lower()
        if value not in ("true", "false"):
            self.refuse(key, value, "true or false")
        return value == "true"

    def texts(self, key: str, pattern: str, allowed: str) -> tuple[str, ...]:
        """A list of texts, each of which matches `pattern`."""
        items = self._list(key)
        if items is None or any(not re.fullmatch(pattern, item) for item in items):
            self.refuse(key, self._raw(key), f"a list: {allowed}")
            return ()
        return tuple(items)

    def cidrs(self, key: str, *, everybody: bool = False) -> tuple[str, ...]:
        """A list of IPv4 networks in CIDR form, none with bits beyond its prefix; the internet only for `everybody`."""
        items = self._list(key)
        try:
            networks = [ipaddress.IPv4Network(item) for item in items or []]
            reason = "not a list" if items is None else ""
        except ValueError as error:
            networks, reason = [], str(error)
        if any(one.overlaps(other) for one, other in itertools.combinations(networks, 2)):
            reason = "two of them overlap"
        if not everybody and any(network.prefixlen == 0 for network in networks):
            reason = "0.0.0.0/0 is everybody"
        if reason:
            self.refuse(key, self._raw(key), f"a list of IPv4 networks such as 203.0.113.0/24 ({reason})")
        return tuple(map(str, networks))

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of `allowed`."""
        value = str(self._raw(key))
        if value not in allowed:
            self.refuse(key, value, ", ".join(allowed))
        return value

    def slots(self, key: str) -> CredentialSlots:
        """The slots of one kind of credential."""
        text = self.choice(key, ALLOWED)
        return CredentialSlots(text) if text in ALLOWED else CredentialSlots()

    def choices(self, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """A list of distinct values out of `allowed`, in the order of `allowed`."""
        names = self._list(key)
        if names is None or set(names) - set(allowed) or len(set(names)) != len(names):
            self.refuse(key, self._raw(key), f"a list of different values out of {', '.join(allowed)}")
            return ()
        return tuple(item for item in allowed if item in names)

    def integer(self, key: str, low: int, high: int, only: Sequence[int] = ()) -> int:
        """A whole number from low to high, or one of `only`."""
        value = self._raw(key)
        try:
            number = int(str(value))
        except ValueError:
            number = None
        if number is None or not low <= number <= high or (only and number not in only):
            self.refuse(key, value, ", ".join(map(str, only)) if only else f"a whole number from {low} to {high}")
            return low
        return number

    def needed_integer(self, key: str, low: int, high: int) -> int:
        """A whole number that only the user can know, so that there is no default."""
        if str(self._raw(key)) == "0":
            self.problems.append(
                f"{key}: missing; allowed: a whole number from {low} to {high}; fix: pulumi config set {key} <number>"
            )
            return low
        return self.integer(key, low, high)

    def money(self, key: str, low: str, high: str) -> Decimal:
        """An exact amount with at most two decimals, from low to high."""
        value = str(self._raw(key))
        try:
            amount = Decimal(value)
        except InvalidOperation:
            amount = Decimal("NaN")
        # The range first: an amount of more digits than Decimal computes with cannot be rounded.
        in_range = amount.is_finite() and Decimal(low) <= amount <= Decimal(high)
        if not in_range or amount != round(amount, 2):
            self.refuse(key, value, f"an amount from {low} to {high} with at most two decimals")
            return Decimal(low)
        return round(amount, 2)

    def secret(self, key: str, needed: bool) -> pulumi.Output[str]:
        """A secret; noted when it is needed and missing, or stored in plaintext. Its value is never quoted.

        Pulumi.yaml declares it with an empty default: `secret: true` would make every stack need it.
        """
        full = f"{self._project}:{key}"
        value = self._config.get_secret(key)
        if value is None or not runtime_config.CONFIG.get()[full]:
            if needed:
                self.problems.append(f"{key}: missing secret; fix: pulumi config set --secret {key}")
            return pulumi.Output.secret("")
        if not runtime_config.is_config_secret(full):
            self.problems.append(f"{key}: stored in plaintext; fix: pulumi config set --secret {key}")
        return value

    def _list(self, key: str) -> list[str] | None:
        value = self._raw(key)
        try:
            items = json.loads(value) if isinstance(value, str) else value
        except (ValueError, RecursionError):  # no JSON, a number of thousands of digits, nested too deep
            return None
        return [str(item) for item in items] if isinstance(items, list) else None

    def _raw(self, key: str) -> Any:
        value = self._config.get(key)
        return self._declared[key]["default"] if value is None else value


def _shortened(text: str) -> str:
    """A value as an error quotes it: a file that was pasted into a key must not bury the other problems."""
    return text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}… ({len(text)} characters)"
