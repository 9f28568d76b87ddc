"""The golden form as documents, one per component or provider, with children nested below their parents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from plan.golden.form import Entry, Golden, path_below

Document = dict[str, Any]
STACK = "_stack"
"""The document for everything that belongs to no resource."""
_PROVIDERS = "(providers)"
_BY_SDK = ("additionalSecretOutputs", "aliases")
"""Options that an SDK sets on every resource of a type; written once per type."""
_ENTRY = re.compile(r"(?P<name>.+) \((?P<component>component )?(?P<type>[^ ()]+)\)")
_OPTION = re.compile(r"\((?P<name>\w+)\)")


def rank(key: str) -> tuple[int, str]:
    """Sort key for a resource's inputs, then its options, then its children."""
    return 2 if _ENTRY.fullmatch(key) else 1 if _OPTION.fullmatch(key) else 0, key


def documents(golden: Golden) -> dict[str, Document]:
    """Documents by name; `golden_of` is the inverse."""
    types = _by_type(golden.entries.values())
    children: dict[str, list[Entry]] = defaultdict(list)
    for entry in golden.entries.values():
        children[entry.parent].append(entry)
    files: dict[str, list[Entry]] = defaultdict(list)
    for entry in children[""]:
        files[_file(entry)].append(entry)
    listed = {kind: {option: ", ".join(one) for option, one in sets.items()} for kind, sets in types.items()}
    made = {STACK: {"project": golden.project, "outputs": golden.outputs, "types": listed}}
    for file, tops in files.items():
        writer = _Writer(tops, children, types)
        made[file] = {**({_PROVIDERS: writer.providers} if writer.providers else {}), **writer.entries(tops)}
    return made


def golden_of(stack: str, found: Mapping[str, Document]) -> Golden:
    """The inverse of `documents`. Raises KeyError, TypeError or AttributeError for other data."""
    about = found[STACK]
    golden = Golden(about["project"], stack, {}, about["outputs"])
    types = {kind: {option: one.split(", ") for option, one in sets.items()} for kind, sets in about["types"].items()}
    for file, document in found.items():
        if file != STACK:
            _read(document, "", document.get(_PROVIDERS, {}), types, golden.entries)
    return golden


def _file(entry: Entry) -> str:
    """A component's kind in kebab-case; another resource's package."""
    package, *_, kind = entry.type.split(":")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower() if entry.component else package


def _package(kind: str) -> str:
    return kind.partition(":")[0]


def _by_type(entries: Iterable[Entry]) -> dict[str, dict[str, list[str]]]:
    """Type -> option -> the values that all resources of the type share."""
    found: dict[str, dict[str, set[str]]] = {}
    for entry in entries:
        own = {option: set(entry.options.get(option, ())) for option in _BY_SDK}
        before = found.setdefault(entry.type, own)
        found[entry.type] = {option: before[option] & own[option] for option in _BY_SDK}
    kept = {kind: {option: sorted(one) for option, one in options.items() if one} for kind, options in found.items()}
    return {kind: options for kind, options in kept.items() if options}


class _Writer:
    """Writes one document. `providers` maps a package to its most used provider; a resource names only another one."""

    def __init__(self, tops: list[Entry], children: Mapping[str, list[Entry]], types: Mapping[str, Any]) -> None:
        self._children, self._types = children, types
        used: dict[str, Counter[str]] = defaultdict(Counter)
        todo = list(tops)
        while todo:
            entry = todo.pop()
            todo += children.get(entry.path, ())
            if not entry.component:
                used[_package(entry.type)][entry.options.get("provider", "")] += 1
        usual = {package: min(found, key=lambda name: (-found[name], name)) for package, found in used.items()}
        self.providers = {package: name for package, name in usual.items() if name}

    def entries(self, found: Iterable[Entry]) -> Document:
        return {f"{one.name} ({'component ' if one.component else ''}{one.type})": self._entry(one) for one in found}

    def _entry(self, entry: Entry) -> Document:
        options = dict(entry.options)
        for option, common in self._types.get(entry.type, {}).items():
            options[option] = sorted(set(options[option]) - set(common))
        usual = None if entry.component else self.providers.get(_package(entry.type))
        provider = options.pop("provider", None)
        if provider != usual:
            options["provider"] = provider
        return {
            **entry.inputs,
            **{f"({option})": value for option, value in options.items() if value != []},
            **self.entries(self._children.get(entry.path, ())),
        }


def _read(
    document: Document, parent: str, providers: Mapping[str, str], types: Mapping[str, Any], into: dict[str, Entry]
) -> None:
    for key, value in document.items():
        if not (found := _ENTRY.fullmatch(key)):
            continue
        name, kind, component = found["name"], found["type"], bool(found["component"])
        inputs = {one: value[one] for one in value if not _OPTION.fullmatch(one) and not _ENTRY.fullmatch(one)}
        options = {option["name"]: value[one] for one in value if (option := _OPTION.fullmatch(one))}
        if not component:
            options.setdefault("provider", providers.get(_package(kind)))
        for option, common in types.get(kind, {}).items():
            options[option] = sorted({*options.get(option, ()), *common})
        options = {option: item for option, item in options.items() if item is not None}
        path = path_below(parent, kind, name)
        into[path] = Entry(path, name, kind, parent, component, inputs, options)
        _read(value, path, providers, types, into)
