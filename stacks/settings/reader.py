"""Reads sections from Pulumi's configuration, and collects every problem before it reports one."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from components.constraints import shortened
from components.contracts import rules, stack_file
from components.section import LENIENT, Section, constraint, key
from stacks.settings import declaration

ROOT = Path(__file__).resolve().parents[2]
S = TypeVar("S", bound=Section)


class SettingsError(pulumi.RunError):
    """All problems of a stack's configuration, one per line: key, value, what is allowed, how to mend it.

    A RunError, which the engine shows without Python's traceback.
    """

    def __init__(self, stack: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"Pulumi.{stack}.yaml has {len(self.problems)} problem(s); nothing was made:\n{lines}")


class Reader:
    """Notes a bad value and goes on with the default. Call `finish` before using what was read."""

    def __init__(self) -> None:
        self._config = pulumi.Config()
        self._prefix = f"{pulumi.get_project()}:"
        self._given = runtime_config.CONFIG.get()
        self._declared = declaration.keys()
        self.problems: list[str] = []
        # Whether the plan is recorded offline, instead of run by the engine.
        self.recorded = self._given.get(stack_file.RECORDED) == "true"

    def section(self, kind: type[S]) -> S:
        """A section, with its defaults for values that were refused."""
        given = {key(field): self._value(field) for field in kind.model_fields.values()}
        given = {name: value for name, value in given.items() if value is not None}
        bad: set[str] = set()
        try:
            section = kind.model_validate(given, context=LENIENT)
        except ValidationError as error:
            for one in error.errors():
                name = str(one["loc"][0])
                bad.add(name)
                self.refuse(name, given[name], one.get("ctx", {})["allowed"])
            good = {name: value for name, value in given.items() if name not in bad}
            section = kind.model_validate(good, context=LENIENT)
        for problem in section.problems():
            name = key(kind.model_fields[problem.field])
            if name not in bad:
                self.refuse(name, problem.value, problem.allowed, problem.fix)
        return section

    def production(self, section: Section) -> None:
        """Note what a production stack refuses."""
        for problem in section.production_problems():
            name = key(type(section).model_fields[problem.field])
            self.refuse(name, problem.value, problem.allowed, problem.fix)

    def check_stack_file(self) -> None:
        """Note what the engine has read otherwise than it stands in the stack's file; the recorder says it itself."""
        if self.recorded:
            self.problems += json.loads(self._given.get(stack_file.PROBLEMS, "[]"))
            return
        path = ROOT / f"Pulumi.{pulumi.get_stack()}.yaml"
        if path.is_file():
            try:
                stack_file.read(path, declaration.config_block(), pulumi.get_project())
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
        for full in sorted(self._given):
            name = full.removeprefix(self._prefix)
            if full.startswith(self._prefix) and name not in self._declared:
                near = difflib.get_close_matches(name, self._declared, 1)
                hint = f"did you mean {near[0]}?" if near else "see docs/configuration.md for the keys that exist"
                self.problems.append(f"{name}: no such key; {hint}")
        if self.problems:
            raise SettingsError(pulumi.get_stack(), self.problems)

    def refuse(self, name: str, value: object, allowed: str, fix: str = "") -> None:
        """Note a problem with a key's value, None if it is missing."""
        what = "missing" if value is None else f"{shortened(repr(value))} is not allowed"
        self.problems.append(f"{name}: {what}; allowed: {allowed}; fix: {fix or self.command(name)}")

    def command(self, name: str) -> str:
        """How to set a key. A list is set by its items: the engine refuses the text that the CLI would write."""
        where = f"--path '{name}[0]'" if declaration.type_of(self._declared[name]) == "array" else name
        return f"pulumi config set {where} <value>"

    def need_secrets(self, section: Section) -> None:
        """Note each secret of a section that is missing."""
        for name, field in type(section).model_fields.items():
            if constraint(field) is None and getattr(section, name) is None:
                self.problems.append(f"{key(field)}: missing secret; fix: pulumi config set --secret {key(field)}")

    def _value(self, field: FieldInfo) -> Any:
        return self._config.get(key(field)) if constraint(field) else self._secret(key(field))

    def _secret(self, name: str) -> pulumi.Output[str] | None:
        """A secret, None when it is missing; noted when it is stored in plaintext. Its value is never quoted."""
        value, full = self._config.get_secret(name), self._prefix + name
        if value is None or not self._given[full]:
            return None
        if not runtime_config.is_config_secret(full):
            self.problems.append(f"{name}: stored in plaintext; fix: pulumi config set --secret {name}")
        return value
