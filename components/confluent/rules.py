"""The SQL of the fraud rules: the fragments of their files, rendered and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import jinja2
import jinja2.meta
import sqlglot
from sqlglot import expressions
from sqlglot.errors import SqlglotError

from ..contracts.rules import FRAGMENTS, Rule, RuleError
from .comments import without_comments

NEAR = "spark"
"""sqlglot has no dialect for Flink; this one has its back-ticks and functions. Flink itself checks names and types."""
Amount = Callable[[str], str]
"""SQL of an amount of so many cents: the macro of payments.jinja."""


@dataclass(frozen=True, kw_only=True)
class RuleSql:
    """A rule as fraud.sql takes it: each fragment on one line, so that the lines of the statement stay the file's."""

    id: str
    weight: int
    payment: str
    account: str
    reason: str


def render(
    rules: Iterable[Rule], environment: jinja2.Environment, variables: Mapping[str, object], amount: Amount
) -> list[RuleSql]:
    """Raises RuleError: a threshold or variable that does not exist, or a fragment that does not parse."""
    renderer = _Renderer(environment, variables, amount)
    rendered = [renderer.rule(rule) for rule in rules]
    if renderer.problems:
        raise RuleError(renderer.problems)
    return rendered


class _Renderer:
    """Collects the problems of all rules."""

    def __init__(self, environment: jinja2.Environment, variables: Mapping[str, object], amount: Amount) -> None:
        self.problems: list[str] = []
        self._environment = environment
        self._variables = variables
        self._amount = amount
        self._known = ", ".join(sorted(variables))

    def rule(self, rule: Rule) -> RuleSql:
        place = rule.place("thresholds")
        unknown = [name for name in rule.thresholds if name not in self._variables]
        self.problems += [f"{place}: no threshold {name}; known: {self._known}" for name in unknown]
        return RuleSql(id=rule.id, weight=rule.weight, **{key: self._fragment(rule, key) for key in FRAGMENTS})

    def _fragment(self, rule: Rule, key: str) -> str:
        template, place = getattr(rule, key), rule.place(key)
        try:
            used = jinja2.meta.find_undeclared_variables(self._environment.parse(template)) - {"amount"}
            if missing := sorted(used - set(rule.thresholds)):
                self.problems.append(f"{place}: {key} uses {', '.join(missing)}; list it in thresholds: {self._known}")
                return ""
            text = self._environment.from_string(template).render(self._variables, amount=self._amount)
        except jinja2.TemplateError as error:
            self.problems.append(f"{place}: {key} is no template: {error}; see Jinja's syntax")
            return ""
        text = _on_one_line(text)
        if wrong := _wrong(text):
            self.problems.append(f"{place}: {key} is no SQL expression: {wrong}; it is {text!r:.200}")
        return text


def _on_one_line(sql: str) -> str:
    return re.sub(r"\s*\n\s*", " ", without_comments(sql)).strip()


def _wrong(text: str) -> str | None:
    try:
        parsed = sqlglot.parse(text, dialect=NEAR)
    except SqlglotError as error:
        found = getattr(error, "errors", None)
        return f"{found[0]['description']} at character {found[0]['col']}" if found else str(error)
    if len(parsed) != 1 or not isinstance(parsed[0], expressions.Condition):
        return "it must be one expression"
    return None
