"""Documents as YAML for reviewers: block scalars for SQL and scripts, JSON as YAML, short mappings on one line."""

from __future__ import annotations

import functools
import json
import re
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

from components.contracts.types import Json

_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WIDTH = 130
_SCRIPT_LINES = 20
"""A list of this many single-line texts is written as a script."""
_JSON_LENGTH = 40
_JSON = {"!json": (", ", ": "), "!json-compact": (",", ":")}
"""Tags of JSON documents and their separators. JSON with other separators stays text."""
_CLAUSE = re.compile(r" (?=(?:SELECT|WHERE|WINDOW|UNION)\b)")
GOES_ON = "\n↪ "
"""Replaces a space where a long line is folded. A text that already contains it is not folded."""
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class KeptText:
    """A text in a file of its own; `instead` replaces lines of it."""

    file: str
    instead: dict[str, str] = field(default_factory=dict[str, str])


Order = Callable[[str], tuple[int, str]]
"""Sort key for the keys of a mapping."""
Keep = Callable[[str, tuple[str, ...]], "KeptText | None"]
"""(text, keys above it) -> the file to keep it in; None keeps it in the document."""


def dump(document: Mapping[str, Any], keep: Keep, order: Order) -> str:
    node, _ = _Writer(keep, order).mapping(document, ())
    return yaml.serialize(node, Dumper=_DUMPER, width=_WIDTH, allow_unicode=True)  # pyright: ignore[reportUnknownMemberType] - its stub has no types


def load(text: str, texts: Mapping[str, str]) -> Any:
    """The inverse of `dump`. Raises YAMLError, or KeyError for a missing text."""
    loader: Any = type("Loader", (_LOADER,), {})  # a class of its own: constructors belong to the class
    for tag, form in _JSON.items():
        loader.add_constructor(tag, functools.partial(_json, form))
    loader.add_constructor("!text", functools.partial(_text, texts))
    loader.add_constructor("!lines", functools.partial(_lines, texts))
    return yaml.load(text, Loader=loader)  # noqa: S506 (a safe one)


def folded(text: str) -> str:
    """Break long lines, first at SQL's clauses, so that a change moves few breaks."""
    lines = [
        GOES_ON.join(
            part
            for clause in _CLAUSE.split(line)
            for part in textwrap.wrap(clause, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
        )
        if len(line) > _WIDTH
        else line
        for line in text.split("\n")
    ]
    made = "\n".join(lines)
    return made if unfolded(made) == text else text


def unfolded(text: str) -> str:
    return text.replace(GOES_ON, " ")


def _plain(loader: Any, node: yaml.Node) -> Any:
    build = loader.construct_mapping if isinstance(node, yaml.MappingNode) else loader.construct_sequence
    return build(node, deep=True)


def _json(form: tuple[str, str], loader: Any, node: yaml.Node) -> str:
    return json.dumps(_plain(loader, node), separators=form)


def _lines(texts: Mapping[str, str], loader: Any, node: yaml.Node) -> list[str]:
    return _text(texts, loader, node).split("\n")


def _text(texts: Mapping[str, str], loader: Any, node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    kept = KeptText(**_plain(loader, node))
    return "\n".join(kept.instead.get(line, line) for line in texts[kept.file].split("\n"))


class _Writer:
    """Makes nodes, each with its length on one line. Without an order, keys keep theirs."""

    def __init__(self, keep: Keep, order: Order | None) -> None:
        self._keep, self._order = keep, order

    def _node(self, value: Json, path: tuple[str, ...]) -> tuple[yaml.Node, int]:
        if isinstance(value, dict):
            return self.mapping(value, path)
        if isinstance(value, list):
            return self._list(value, path)
        if isinstance(value, str):
            return self._string(value, path)
        if value is None or isinstance(value, bool):
            text, kind = json.dumps(value), "bool" if value is not None else "null"
        else:
            text, kind = repr(value), type(value).__name__
        return yaml.ScalarNode(f"{_TAG}{kind}", text), len(text)

    def mapping(self, value: Mapping[str, Any], path: tuple[str, ...]) -> tuple[yaml.Node, int]:
        keys = sorted(value, key=self._order) if self._order else value
        found = [(key, *self._node(value[key], (*path, key))) for key in keys]
        length = 2 + sum(len(key) + size + 4 for key, _, size in found)
        pairs = [(yaml.ScalarNode(f"{_TAG}str", key), node) for key, node, _ in found]
        return yaml.MappingNode(f"{_TAG}map", pairs, flow_style=_fits(length, path)), length

    def _list(self, value: list[Any], path: tuple[str, ...]) -> tuple[yaml.Node, int]:
        is_option = path[-1].startswith("(")
        texts = [item for item in value if isinstance(item, str) and "\n" not in item]
        if len(texts) == len(value) >= _SCRIPT_LINES and not is_option:
            return self._prose("\n".join(texts), path, "!lines")
        found = [self._node(item, (*path, str(index))) for index, item in enumerate(value)]
        length = 2 + sum(size + 2 for _, size in found)
        return yaml.SequenceNode(f"{_TAG}seq", [node for node, _ in found], flow_style=_fits(length, path)), length

    def _string(self, value: str, path: tuple[str, ...]) -> tuple[yaml.Node, int]:
        for tag, form in _JSON.items() if len(value) >= _JSON_LENGTH and value[0] in "{[" else ():
            if (document := _parsed(value, form)) is not None:
                node, length = _Writer(self._keep, None)._node(document, path)
                node.tag = tag
                return node, length + len(tag) + 1
        if "\n" in value:
            return self._prose(value, path, "!text")
        return yaml.ScalarNode(f"{_TAG}str", value), len(value) + 2

    def _prose(self, value: str, path: tuple[str, ...], tag: str) -> tuple[yaml.Node, int]:
        if kept := self._keep(value, path):
            about = {key: item for key, item in asdict(kept).items() if item}
            node, length = self.mapping(about, path)
            node.tag = tag
            return node, length + len(tag) + 1
        return yaml.ScalarNode(f"{_TAG}str" if tag == "!text" else tag, value, style="|"), _WIDTH


def _fits(length: int, path: tuple[str, ...]) -> bool:
    """Whether a value of this length fits on one line after its key."""
    return bool(path) and 2 * len(path) + len(path[-1]) + length <= _WIDTH


def _parsed(value: str, form: tuple[str, str]) -> Any:
    """The JSON document, if dumping it with these separators gives the same text."""
    try:
        document = json.loads(value)
    except ValueError:
        return None
    return document if json.dumps(document, separators=form) == value else None
