"""Read a stack file as Pulumi's engine does, and refuse values that the engine would change.

The engine reads YAML with Go's yaml.v3 and passes every value as text: `10.` arrives as 10, and 0123456, an octal
number, as 42798. PyYAML has other rules for numbers, dates and booleans. Here a plain scalar is the text as written, or
refused with the quoting that fixes it. Sources: gopkg.in/yaml.v3 resolve.go; pulumi/pulumi sdk/go/common/resource/
config/object.go, and pkg/workspace/config.go, which also checks a list's items against their declared type.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from .types import Json

TOP_LEVEL = ("config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment")
RECORDED = "plan:recorded"
"""Set by the offline recorder: it contacts no account, so settings may keep their placeholders."""
PROBLEMS = "plan:problems"
"""The recorder's problems with the stack file, as a JSON list: the program reports them with its own."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT, _SEQUENCE, _MAPPING = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
_NOTHING = ("", "~", "null", "Null", "NULL")
_TRUTH = {text: word for word in ("true", "false") for text in (word, word.title(), word.upper())}
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LARGEST = 2**64 - 1
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?( ?(Z|[-+]\d{2}:\d{2}))?)?")


class StackFileError(Exception):
    """All problems of a stack file, one per line; `values` holds the values that could be read anyway."""

    def __init__(self, file: str, problems: list[str], values: Mapping[str, Any] | None = None) -> None:
        self.problems = tuple(problems)
        self.values = values or {}
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"{file} has {len(problems)} problem(s); nothing was made:\n{lines}")


def read(path: Path, declared: Mapping[str, Any], project: str) -> dict[str, Any]:
    """Keys and values below `config`: scalars as text, or as True and False where a boolean is declared.

    `declared` is `config` of Pulumi.yaml. Raises StackFileError for invalid YAML, unknown and repeated keys,
    and values that the engine would not read as written.
    """
    text = _decoded(path)
    try:
        root = yaml.compose(text, Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - its stub has no types
    except yaml.YAMLError as error:
        raise StackFileError(path.name, [_broken(text, error, path.name)]) from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise StackFileError(path.name, ["it must be a mapping of keys to values"])
    problems: list[str] = []
    values: dict[str, Any] = {}
    for key, _, node in _pairs(root, lambda name: name, problems):
        if key not in TOP_LEVEL:
            near = difflib.get_close_matches(key, TOP_LEVEL, 1)
            hint = f"did you mean {near[0]}?" if near else f"they are {', '.join(TOP_LEVEL)}"
            problems.append(f"{key}: not a top-level key of a stack file; {hint}")
        elif key == "config":
            values = _config(node, declared, project, problems)
    if problems:
        raise StackFileError(path.name, problems, values)
    return values


def _broken(text: str, error: yaml.YAMLError, file: str) -> str:
    said = " ".join(str(error).split()).replace('"<unicode string>"', file)
    mark = getattr(error, "problem_mark", None)
    lines = text.splitlines()
    tabbed = mark is not None and mark.line < len(lines) and "\t" in lines[mark.line]
    return f"not valid YAML: {said}{'; indent with spaces, not tabs' if tabbed else ''}"


def _decoded(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StackFileError(path.name, ["it is not UTF-8 text; save it as such"]) from None


def _config(node: yaml.Node, declared: Mapping[str, Any], project: str, problems: list[str]) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode) and node.value in _NOTHING:
        return {}
    if not isinstance(node, yaml.MappingNode):
        problems.append(f"config must be a mapping of keys to values, not {node.value!r:.80}")
        return {}
    values: dict[str, Any] = {}
    for full, written, value in _pairs(node, lambda key: key if ":" in key else f"{project}:{key}", problems):
        entry: Json = declared.get(full.removeprefix(f"{project}:"))
        kind = entry.get("type", "string") if isinstance(entry, dict) else "string"
        values[full] = _value(value, kind, written.removeprefix(f"{project}:"), problems)
    return values


def _pairs(
    node: yaml.MappingNode, qualified: Callable[[str], str], problems: list[str]
) -> Iterator[tuple[str, str, yaml.Node]]:
    """(Qualified key, key as written, value). A repeated key is a problem: the engine refuses it."""
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or _meaning(key) is not None:
            problems.append(f"line {line}: a key that is not text; put it in quotes")
            continue
        full = qualified(key.value)
        if full in lines:
            problems.append(f"{key.value}: it is repeated in lines {lines[full]} and {line}; drop one")
            continue
        lines[full] = line
        yield full, key.value, value


def _value(node: yaml.Node, kind: str, key: str, problems: list[str]) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, "item", key, problems) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        return {
            name: _value(item, "string", key, problems) for name, _, item in _pairs(node, lambda name: name, problems)
        }
    assert isinstance(node, yaml.ScalarNode)  # the only other kind of node
    meaning, written = _meaning(node), node.value
    if meaning is None:
        return written
    what, text = meaning
    if what == "a truth value" and kind == "boolean":
        return text == "true"
    if text != written or what == "nothing" or kind == "item":
        seen = f" ({text})" if text != written else ""
        fix = f'{"drop the key, or " if what == "nothing" else ""}write "{written}" in quotes'
        problems.append(f"{key}: {written or 'an empty value'} is {what} to the engine{seen}; fix: {fix}")
    return written


def _meaning(node: yaml.ScalarNode) -> tuple[str, str] | None:
    """What the engine makes of a plain scalar: (kind, its text). None for text."""
    written = node.value
    if node.style or (node.tag == _TEXT and _explicit(node)):
        return None
    if written in _NOTHING:
        return "nothing", "null"
    if written in _TRUTH:
        return "a truth value", _TRUTH[written]
    if _DATE.fullmatch(written):
        return "a date", "with a time of day"
    number = _number(written.replace("_", ""))
    return ("a number", number) if number else None


def _number(text: str) -> str:
    """The engine's text of a number; empty for other text."""
    if _INTEGER.fullmatch(text) and abs(_integer(text)) <= _LARGEST:
        return str(_integer(text))
    return _float(text) if _FLOAT.fullmatch(text) or _INTEGER.fullmatch(text) else ""


def _explicit(node: yaml.ScalarNode) -> bool:
    """Whether the text has an explicit tag, such as `!!str 10.`: the node then begins before its text."""
    return node.end_mark.index - node.start_mark.index > len(node.value)


def _integer(text: str) -> int:
    sign, digits = (-1 if text[0] == "-" else 1), text.lstrip("+-").lower()
    if digits[:2] in ("0x", "0b", "0o"):
        return sign * int(digits, 0)
    return sign * int(digits, 8 if digits[0] == "0" else 10)


def _float(text: str) -> str:
    if text.lstrip("+-")[1:].lower() in ("inf", "nan"):
        return "without a text"
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)
