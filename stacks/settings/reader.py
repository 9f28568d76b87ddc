"""Read sections from Pulumi's configuration and collect all problems before reporting them."""

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
from components.contracts import rules, score, stack_file
from components.section import LENIENT, SecretText, Section, constraint, key, secret_text
from stacks.settings import declaration

ROOT = Path(__file__).resolve().parents[2]
S = TypeVar("S", bound=Section)


class SettingsError(pulumi.RunError):
    """All problems of a stack's configuration, one per line: key, value, allowed values, fix.

    A RunError, because the engine shows it without a traceback.
    """

    def __init__(self, stack: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"Pulumi.{stack}.yaml has {len(self.problems)} problem(s); nothing was made:\n{lines}")


class Reader:
    """Collects problems and continues with the defaults. Call `finish` before using the sections."""

    def __init__(self) -> None:
        self._config = pulumi.Config()
        self._prefix = f"{pulumi.get_project()}:"
        self._given = runtime_config.CONFIG.get()
        self._declared = declaration.keys()
        self.problems: list[str] = []
        # Whether the offline recorder runs the program, and not the engine.
        self.recorded = self._given.get(stack_file.RECORDED) == "true"

    def section(self, kind: type[S]) -> S:
        """A section, with defaults in place of refused values."""
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
        """Report the section's problems in a production stack."""
        for problem in section.production_problems():
            name = key(type(section).model_fields[problem.field])
            self.refuse(name, problem.value, problem.allowed, problem.fix)

    def check_stack_file(self) -> None:
        """Report values that the engine read differently from how the stack file has them."""
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
        """Report the problems of flink_sql/rules."""
        try:
            rules.read()
        except rules.RuleError as error:
            self.problems += error.problems

    def check_score_files(self, weights: str) -> None:
        """Note what is wrong in flink_sql/score."""
        try:
            score.sql(score.FOLDER / weights)
        except score.ScoreError as error:
            self.problems += str(error).splitlines()

    def finish(self) -> None:
        """Raise SettingsError for all problems, unknown keys included."""
        for full in sorted(self._given):
            name = full.removeprefix(self._prefix)
            if full.startswith(self._prefix) and name not in self._declared:
                near = difflib.get_close_matches(name, self._declared, 1)
                hint = f"did you mean {near[0]}?" if near else "docs/configuration.md lists the keys"
                self.problems.append(f"{name}: no such key; {hint}")
        if self.problems:
            raise SettingsError(pulumi.get_stack(), self.problems)

    def refuse(self, name: str, value: object, allowed: str, fix: str = "") -> None:
        """Report a key's value; None means that it is missing."""
        what = "missing" if value is None else f"{shortened(repr(value))} is not allowed"
        self.problems.append(f"{name}: {what}; allowed: {allowed}; fix: {fix or self.command(name)}")

    def command(self, name: str) -> str:
        """The command that sets a key; for lists by item, because the engine refuses the CLI's text of a whole list."""
        where = f"--path '{name}[0]'" if declaration.type_of(self._declared[name]) == "array" else name
        return f"pulumi config set {where} <value>"

    def need_secrets(self, section: Section) -> None:
        """Report a section's missing secrets."""
        for name, field in type(section).model_fields.items():
            if constraint(field) is None and getattr(section, name) is None:
                self.problems.append(f"{key(field)}: missing secret; fix: pulumi config set --secret {key(field)}")

    def _value(self, field: FieldInfo) -> Any:
        return self._config.get(key(field)) if constraint(field) else self._secret(key(field), secret_text(field))

    def _secret(self, name: str, form: SecretText | None) -> pulumi.Output[str] | None:
        """A secret; None if it is missing. Report it if it is stored in plaintext, but never quote it."""
        value, full = self._config.get_secret(name), self._prefix + name
        if value is None or not self._given[full]:
            return None
        if not runtime_config.is_config_secret(full):
            self.problems.append(f"{name}: stored in plaintext; fix: pulumi config set --secret {name}")
        if form and not self.recorded:  # a recorded plan has a placeholder for each secret
            found = (f"{name}: {told}; allowed: {form.allowed}" for told in form.problems(self._given[full]))
            self.problems += [f"{problem}; fix: pulumi config set --secret {name}" for problem in found]
        return value
