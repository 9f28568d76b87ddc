"""The SQL of the fraud rules: the fragments of their files, rendered and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jinja2
import jinja2.meta
import sqlglot
from jinja2.runtime import Macro
from sqlglot import expressions
from sqlglot.errors import SqlglotError

from ..contracts.rules import FRAGMENTS, Latest, Ring, Rule, RuleError
from .comments import without_comments

NEAR = "spark"
"""sqlglot has no dialect for Flink; this one has its back-ticks and functions. Flink itself checks names and types."""
MACROS = "rule_functions.jinja"
"""Functions that the SQL of rules can call."""


@dataclass(frozen=True, kw_only=True)
class RuleSql:
    """A rule as fraud.sql takes it: each fragment on one line, so that the lines of the statement stay the file's."""

    id: str
    weight: int
    reads: str
    payment: str
    account: str
    reason: str
    keeps: Mapping[str, Ring]
    columns: Mapping[str, str]
    later: Mapping[str, Latest]
    before: Mapping[str, str]


def render(rules: Iterable[Rule], environment: jinja2.Environment, variables: Mapping[str, Any]) -> list[RuleSql]:
    """Raises RuleError: a threshold or variable that does not exist, or a fragment that does not parse."""
    renderer = _Renderer(environment, variables)
    rendered = [renderer.rule(rule) for rule in rules]
    if renderer.problems:
        raise RuleError(renderer.problems)
    return rendered


def _slots(rule: Rule, name: str) -> list[str]:
    """The columns that hold the kept values of a name, in no order. Raises ValueError."""
    (last,) = (ring.last for ring in rule.keeps.values() if name in ring.of)
    return [f"{name}_{place}" for place in range(last)]


def _before(rule: Rule, name: str) -> str:
    """SQL of the value kept before that of the present payment, which must be kept too."""
    kept = _slots(rule, name)
    (ring,) = (ring for ring, one in rule.keeps.items() if name in one.of)
    cases = " ".join(f"WHEN {place} THEN {kept[place - 1]}" for place in range(len(kept)))
    return f"CASE {ring}_at {cases} END"


class _Renderer:
    """Collects the problems of all rules."""

    def __init__(self, environment: jinja2.Environment, variables: Mapping[str, Any]) -> None:
        self.problems: list[str] = []
        self._before: dict[str, dict[str, str]] = {}
        self._environment = environment
        self._variables = variables
        exported = vars(environment.get_template(MACROS).make_module())
        self._macros: dict[str, Any] = {name: one for name, one in exported.items() if isinstance(one, Macro)}
        self._known = ", ".join(sorted(set(variables) - {"rule_parameters"}))

    def rule(self, rule: Rule) -> RuleSql:
        place = rule.place("thresholds")
        unknown = [name for name in rule.thresholds if name not in self._variables]
        self.problems += [f"{place}: no threshold {name}; known: {self._known}" for name in unknown]
        given: Mapping[str, Mapping[str, str]] = self._variables.get("rule_parameters", {})
        values = {name: self._variables[name] for name in rule.thresholds if name in self._variables}
        sql = partial(self._fragment, rule, {**values, **rule.parameters, **given.get(rule.id, {})})
        return RuleSql(
            id=rule.id,
            weight=rule.weight,
            reads=rule.reads,
            **{key: sql(key, getattr(rule, key)) for key in FRAGMENTS},
            keeps={name: _ring(sql, one) for name, one in rule.keeps.items()},
            columns={name: sql("columns", one) for name, one in rule.columns.items()},
            later={
                name: Latest(of=sql("later", one.of), when=sql("later", one.when)) for name, one in rule.later.items()
            },
            before=self._before[rule.id],
        )

    def _fragment(self, rule: Rule, values: Mapping[str, object], key: str, template: str) -> str:
        earlier = self._before.setdefault(rule.id, {})

        def before(name: str) -> str:
            earlier[f"{name}_before"] = _before(rule, name)
            return f"`{name}_before`"

        if not template:  # a rule that flags no account
            return ""
        place = rule.place(key)
        functions: dict[str, Any] = {**self._macros, "slots": partial(_slots, rule), "before": before}
        try:
            used = jinja2.meta.find_undeclared_variables(self._environment.parse(template))
            if missing := sorted(used - values.keys() - functions.keys()):
                fix = f"list it in thresholds ({self._known}), or give it a number in parameters"
                self.problems.append(f"{place}: {key} uses {', '.join(missing)}; {fix}")
                return ""
            text = self._environment.from_string(template).render(values, **functions)
        except jinja2.TemplateError as error:
            self.problems.append(f"{place}: {key} is no template: {error}; see Jinja's syntax")
            return ""
        except ValueError:
            names = [name for ring in rule.keeps.values() for name in ring.of]
            told = "slots() and before() take what keeps has in `of`"
            self.problems.append(f"{place}: {key}: {told}; there is {', '.join(names) or 'nothing'}")
            return ""
        text = _on_one_line(text)
        if wrong := _wrong(text):
            self.problems.append(f"{place}: {key} is no SQL expression: {wrong}; it is {text!r:.200}")
        return text


def _ring(sql: Callable[[str, str], str], ring: Ring) -> Ring:
    of = {name: sql("keeps", one) for name, one in ring.of.items()}
    return Ring(of=of, when=sql("keeps", ring.when), last=ring.last)


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
