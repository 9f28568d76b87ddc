"""Read and check the fraud rules, one file each in flink_sql/rules. docs/changing.md explains the keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).resolve().parents[1]
# The SQL is inside an installed package, and beside the package in a checkout.
SQL_FOLDER = next(home / "flink_sql" for home in (_PACKAGE, _PACKAGE.parent) if (home / "flink_sql").is_dir())
FOLDER = SQL_FOLDER / "rules"
ID = r"[a-z][a-z0-9_]{0,31}"
TAKEN = (
    "at_least",
    "broken",
    "cents",
    "foreign",
    "foreign_payments",
    "payments",
    "reason",
    "rule_id",
    "score",
    "seq",
    "small",
    "small_cents",
    "total",
)
"""Other columns of flink_sql/fraud.sql and payments.jinja: no rule can have their names."""
MOST_WEIGHT = 100
TEXTS = ("title", "payment", "account", "reason", "definition")
KEYS = ("id", "order", "weight", *TEXTS, "thresholds")
FRAGMENTS = ("payment", "account", "reason")
"""The keys that hold SQL, as Jinja templates."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RuleError(ValueError):
    """All problems of the rule files, one per line: file, line, what is wrong, fix."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"The fraud rules have {len(problems)} problem(s); nothing was made:\n{lines}")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`payment` and `account` are SQL conditions: a payment breaks the rule, the rule holds for an account.

    `reason` is the SQL of the explanation, `weight` the rule's share of a score, `order` its place among the rules, and
    `lines` the line of each key.
    """

    file: str
    id: str
    order: int
    title: str
    weight: int
    payment: str
    account: str
    reason: str
    definition: str
    thresholds: tuple[str, ...]
    lines: Mapping[str, int]

    def place(self, key: str) -> str:
        """`file:line` of a key, for errors."""
        return f"{self.file}:{self.lines[key]}"


def read(folder: Path | None = None) -> tuple[Rule, ...]:
    """The rules, in order. Raises RuleError with every problem of every file."""
    folder, problems = folder or FOLDER, list[str]()
    files = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    problems += [f"{_name(file)}: a rule's file ends in .yaml; rename it" for file in files if file.suffix == ".yml"]
    rules = [rule for file in files if file.suffix == ".yaml" and (rule := _rule(file, problems))]
    if not rules and not problems:
        problems.append(f"{folder.parent.name}/{folder.name}: no rule; add a file such as large_amount.yaml")
    for key in ("id", "order"):
        problems += _repeated(rules, key)
    if problems:
        raise RuleError(problems)
    return tuple(sorted(rules, key=lambda rule: rule.order))


def _repeated(rules: list[Rule], key: str) -> Iterator[str]:
    seen: dict[Any, Rule] = {}
    for rule in rules:
        first = seen.setdefault(getattr(rule, key), rule)
        if first is not rule:
            yield f"{rule.place(key)}: {key} is {getattr(rule, key)!r}, as in {first.file}; set another"


def _name(file: Path) -> str:
    return "/".join(file.parts[-3:])


def _rule(file: Path, problems: list[str]) -> Rule | None:
    """The rule of a file; None if the file has a problem."""
    name = _name(file)
    try:
        root = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - its stub has no types
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problems.append(f"{name}:{mark.line + 1 if mark else 1}: not valid YAML: {' '.join(str(error).split())}")
        return None
    if not isinstance(root, yaml.MappingNode):
        problems.append(f"{name}:1: it must have the keys {', '.join(KEYS)}")
        return None
    before = len(problems)
    nodes: dict[str, tuple[int, yaml.Node]] = {}
    for key, value in root.value:
        line, word = key.start_mark.line + 1, str(key.value)
        if word in nodes:
            problems.append(f"{name}:{line}: {word} is repeated, first in line {nodes[word][0]}; drop one")
        nodes.setdefault(word, (line, value))
    lines = {key: line for key, (line, _) in nodes.items()}
    problems += [f"{name}:{lines[key]}: no key {key!r}; they are {', '.join(KEYS)}" for key in nodes if key not in KEYS]
    problems += [f"{name}:1: {key} is missing; write `{key}: …`" for key in KEYS if key not in nodes]
    values: dict[str, Any] = {key: _value(key, node) for key, (_, node) in nodes.items() if key in KEYS}
    problems += [f"{name}:{lines[key]}: {found}" for key, value in values.items() if (found := _problem(key, value))]
    if len(problems) > before:
        return None
    values |= {key: int(values[key]) for key in ("order", "weight")}
    return Rule(file=name, lines=lines, **values)


def _value(key: str, node: yaml.Node) -> Any:
    """The text of a scalar or the texts of a list; None if the key needs the other kind."""
    if key == "thresholds":
        return tuple(item.value for item in node.value) if isinstance(node, yaml.SequenceNode) else None
    return node.value if isinstance(node, yaml.ScalarNode) else None


def _problem(key: str, value: Any) -> str | None:
    """The problem of a value and its fix."""
    if value is None:
        return f"{key} must be {'a list of thresholds, such as [large_amount]' if key == 'thresholds' else 'one text'}"
    if key != "thresholds" and not value.strip():
        return f"{key} is empty; write it"
    if key == "id" and (value in TAKEN or not re.fullmatch(ID, value)):
        return f"id is {value!r}; set it to a-z, 0-9 and _, at most 32, and to none of {', '.join(TAKEN)}"
    if key == "order" and not value.isdecimal():
        return f"order is {value!r}; set it to a whole number"
    if key == "weight" and not (value.isdecimal() and int(value) <= MOST_WEIGHT):
        return f"weight is {value!r}; set it to a whole number up to {MOST_WEIGHT}, the highest score"
    return None
