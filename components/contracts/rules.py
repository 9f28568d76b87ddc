"""Read and check the fraud rules, one file each in flink_sql/rules. docs/changing.md explains the keys."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

_PACKAGE = Path(__file__).resolve().parents[1]
# The SQL is inside an installed package, and beside the package in a checkout.
SQL_FOLDER = next(home / "flink_sql" for home in (_PACKAGE, _PACKAGE.parent) if (home / "flink_sql").is_dir())
FOLDER = SQL_FOLDER / "rules"
ID = r"[a-z][a-z0-9_]{0,31}"
MOST_WEIGHT = 100
MOST_KEPT = 20
SOURCES = ("payments", "transfers")
"""What a rule can read: every payment of an account, or its transfers, those that it received included."""
TEXTS = ("title", "payment", "reason", "definition")
NEEDED = ("id", "order", "weight", *TEXTS, "thresholds")
OPTIONAL = ("account", "reads", "parameters", "keeps", "columns", "later")
KEYS = (*NEEDED, *OPTIONAL)
FRAGMENTS = ("payment", "account", "reason")
"""The keys that hold one SQL expression, as Jinja templates."""
NAMES = re.compile(r"(?:`|\bAS )([a-z_]\w*)(\{\{)?")
"""What a template names; a number may follow, as in `AS m{{ place }}`."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RuleError(ValueError):
    """All problems of the rule files, one per line: file, line, what is wrong, fix."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"The fraud rules have {len(problems)} problem(s); nothing was made:\n{lines}")


@dataclass(frozen=True, kw_only=True)
class Ring:
    """Remembers values of the account's `last` payments for which `when`, SQL, holds. `of` has their SQL by name."""

    of: Mapping[str, str]
    when: str
    last: int


@dataclass(frozen=True, kw_only=True)
class Latest:
    """Remembers `of`, SQL, of the account's last payment for which `when`, SQL, holds."""

    of: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """`payment` and `account` are SQL conditions: a payment breaks the rule, the rule holds for an account.

    Without `account` it flags none. `reason` is the SQL of the explanation, `weight` the rule's share of a score,
    `order` its place among the rules, and `lines` the line of each key. `parameters` are numbers for its own SQL;
    `keeps`, `columns` and `later` are what it remembers and computes, by column name.
    """

    file: str
    id: str
    order: int
    title: str
    weight: int
    payment: str
    reason: str
    definition: str
    thresholds: tuple[str, ...]
    lines: Mapping[str, int]
    account: str = ""
    reads: str = SOURCES[0]
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    keeps: Mapping[str, Ring] = field(default_factory=dict[str, Ring])
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    later: Mapping[str, Latest] = field(default_factory=dict[str, Latest])

    def place(self, key: str) -> str:
        """`file:line` of a key, for errors."""
        return f"{self.file}:{self.lines[key]}"

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names that it declares, each with the key under which it does."""
        kept = (name for ring, one in self.keeps.items() for name in (ring, *one.of))
        groups = {"id": (self.id,), "keeps": kept, "columns": self.columns, "later": self.later}
        return tuple((name, key) for key, group in groups.items() for name in group)

    def key_of(self, column: str) -> str | None:
        """The key that declares a column of the statement: a place in a ring, or the value before, included."""
        declared = dict(self.names)
        return declared.get(column) or declared.get(re.sub(r"_(at|before|\d+)$", "", column))


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
    problems += _repeated_names(rules)
    if problems:
        raise RuleError(problems)
    return tuple(sorted(rules, key=lambda rule: rule.order))


def _repeated(rules: list[Rule], key: str) -> Iterator[str]:
    seen: dict[Any, Rule] = {}
    for rule in rules:
        first = seen.setdefault(getattr(rule, key), rule)
        if first is not rule:
            yield f"{rule.place(key)}: {key} is {getattr(rule, key)!r}, as in {first.file}; set another"


def _repeated_names(rules: list[Rule]) -> Iterator[str]:
    """Ids and columns of all rules are in the same queries."""
    seen: dict[str, tuple[str, str]] = {}
    for rule in rules:
        for name, key in rule.names:
            file, earlier = seen.get(name, ("", ""))
            # Two equal ids are told as such.
            if file and (key, earlier) != ("id", "id"):
                yield f"{rule.place(key)}: {name} is a name of {file} too; choose another"
            seen[name] = rule.file, key


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
        problems.append(f"{name}:1: it must have the keys {', '.join(NEEDED)}")
        return None
    if line := _contains_itself(root):
        problems.append(f"{name}:{line}: the anchor there contains itself; write the value out")
        return None
    before = len(problems)
    nodes: dict[str, tuple[int, yaml.Node]] = {}
    for key, value in root.value:
        line, word = key.start_mark.line + 1, str(key.value)
        if word in nodes:
            problems.append(f"{name}:{line}: {word} is repeated, first in line {nodes[word][0]}; drop one")
        nodes.setdefault(word, (line, value))
    problems += [f"{name}:{line}: {word} is repeated; drop one" for line, word in _repeated_within(nodes.values())]
    lines = {key: line for key, (line, _) in nodes.items()}
    problems += [f"{name}:{lines[key]}: no key {key!r}; they are {', '.join(KEYS)}" for key in nodes if key not in KEYS]
    problems += [f"{name}:1: {key} is missing; write `{key}: …`" for key in NEEDED if key not in nodes]
    values = {key: _plain(node) for key, (_, node) in nodes.items() if key in KEYS}
    problems += [f"{name}:{lines[key]}: {told}" for key, value in values.items() if (told := _problem(key, value))]
    if len(problems) > before:
        return None
    return Rule(file=name, lines=lines, **{key: _typed(key, value) for key, value in values.items()})


def _contains_itself(node: Any, *above: Any) -> int | None:
    """The line of a mapping or list that an alias puts into itself."""
    if any(node is one for one in above):
        return node.start_mark.line + 1
    entries: list[Any] = node.value if isinstance(node, yaml.CollectionNode) else []
    parts: list[Any] = list(itertools.chain.from_iterable(entries)) if isinstance(node, yaml.MappingNode) else entries
    return next(filter(None, (_contains_itself(part, *above, node) for part in parts)), None)


def _repeated_within(nodes: Iterable[tuple[int, yaml.Node]]) -> Iterator[tuple[int, str]]:
    """Line and key of each key that a mapping below the first level has twice."""
    for _, node in nodes:
        if isinstance(node, yaml.MappingNode):
            seen = set[str]()
            for key, _ in node.value:
                if key.value in seen:
                    yield key.start_mark.line + 1, str(key.value)
                seen.add(key.value)
            yield from _repeated_within((0, value) for _, value in node.value)


def _plain(node: yaml.Node) -> Any:
    """Texts, lists and mappings of texts: YAML's own reading of numbers would lose their digits."""
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    return str(node.value)


def _typed(key: str, value: Any) -> Any:
    match key:
        case "order" | "weight":
            return int(value)
        case "thresholds":
            return tuple(value)
        case "keeps":
            return {name: Ring(**one | {"last": int(one["last"])}) for name, one in value.items()}
        case "later":
            return {name: Latest(**one) for name, one in value.items()}
        case _:
            return value


def _problem(key: str, value: Any) -> str | None:
    """The problem of a value and its fix."""
    match key:
        case "thresholds":
            good = isinstance(value, list) and all(isinstance(one, str) for one in cast("list[Any]", value))
            return None if good else "thresholds must be a list of thresholds, such as [large_amount]"
        case "parameters" | "keeps" | "columns" | "later":
            return _entries_problem(key, value)
        case _:
            return f"{key} must be one text" if not isinstance(value, str) else _text_problem(key, value)


def _text_problem(key: str, value: str) -> str | None:
    if not value.strip():
        return f"{key} is empty; write it"
    if key == "id":
        return _name_problem(key, value, _taken())
    if key == "order" and not value.isdecimal():
        return f"order is {value!r}; set it to a whole number"
    if key == "weight" and not (value.isdecimal() and int(value) <= MOST_WEIGHT):
        return f"weight is {value!r}; set it to a whole number up to {MOST_WEIGHT}, the highest score"
    if key == "reads" and value not in SOURCES:
        return f"reads is {value!r}; set it to {' or '.join(SOURCES)}"
    return None


def _name_problem(key: str, name: str, taken: re.Pattern[str] | None) -> str | None:
    """Names of rules and of their columns are in the same queries as those of the templates."""
    if not re.fullmatch(ID, name):
        return f"{key} is {name!r}; set it to a-z, 0-9 and _, at most 32"
    return f"{key} is {name!r}, a name of flink_sql; choose another" if taken and taken.fullmatch(name) else None


@functools.cache
def _taken() -> re.Pattern[str]:
    files = (*SQL_FOLDER.glob("*.jinja"), *SQL_FOLDER.glob("*.sql"))
    found = (found for file in files for found in NAMES.findall(file.read_text(encoding="utf-8")))
    return re.compile("|".join({"score", *(name + (r"\d+" if numbered else "") for name, numbered in found)}))


def _entries_problem(key: str, value: Any) -> str | None:
    """Of a mapping from names to numbers, SQL, or what to keep."""
    if not isinstance(value, dict):
        return f"{key} must be a mapping from names, such as `{key}: {{near: …}}`"
    check: dict[str, Callable[[Any], str | None]] = {"parameters": _number, "keeps": _ring, "later": _latest}
    for name, one in cast("dict[str, Any]", value).items():
        # Parameters are the template's, and no columns.
        taken = None if key == "parameters" else _taken()
        if told := _name_problem(f"a name of {key}", name, taken):
            return told
        if told := check.get(key, _sql)(one):
            return f"{key}.{name} {told}"
    return None


def _number(value: Any) -> str | None:
    good = isinstance(value, str) and re.fullmatch(r"\d{1,9}(\.\d{1,4})?", value)
    return None if good else f"is {value!r}; set it to a number that is not negative, such as 24 or 0.8"


def _sql(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be SQL"


def _latest(value: Any) -> str | None:
    if not isinstance(value, dict) or cast("dict[str, Any]", value).keys() != {"of", "when"}:
        return "must have the keys of and when, both SQL"
    return _sql(value["of"]) or _sql(value["when"])


def _ring(value: Any) -> str | None:
    ring = cast("dict[str, Any]", value)
    if not isinstance(value, dict) or ring.keys() != {"last", "when", "of"}:
        return "must have the keys last, when and of, such as {last: 3, when: …, of: {times: …}}"
    last, values = ring["last"], ring["of"]
    if not (isinstance(last, str) and last.isdecimal() and 2 <= int(last) <= MOST_KEPT):
        return f"has last: {last!r}; set it to a whole number from 2 to {MOST_KEPT}"
    if not isinstance(values, dict) or not values:
        return "must have in `of` the names and SQL of what it keeps, such as {times: …}"
    kept = cast("dict[str, Any]", values).items()
    named = (_name_problem("a name of keeps", name, _taken()) or _sql(sql) for name, sql in kept)
    return next(filter(None, named), _sql(value["when"]))
