"""Compare two golden plans: + create, ~ update, +- and -+ replace, - delete, as Pulumi's engine prints them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from components.contracts.types import Json
from plan.golden.files import files_of
from plan.golden.form import Entry, Golden, path_below
from plan.golden.names import path_of, short_type
from plan.replacements import FORCE_NEW
from plan.terminal import CYAN, GREEN, RED, paint

Path = tuple[str, ...]
_REPLACING = {short_type(token): inputs for token, inputs in FORCE_NEW.items()}
_RESOURCE = re.compile(r" *(\S.* \(\S.*\)):")
_COLOURS = {"+": GREEN, "-": RED, "@": CYAN}


@dataclass(frozen=True)
class Change:
    """`kind` is the engine's symbol; `was` is the old name of a renamed resource."""

    kind: str
    resource: Entry
    paths: tuple[str, ...] = ()
    was: str = ""
    protected: bool = False

    @property
    def destroys(self) -> bool:
        """Whether the existing resource would be deleted."""
        return self.kind in ("+-", "-+", "-")

    def __str__(self) -> str:
        token = self.resource.type.rsplit(":", 1)[-1]
        was = f" (was {self.was}; an alias would keep it)" if self.was else ""
        refused = "  [protected: pulumi up refuses]" if self.protected and self.destroys else ""
        head = f"{self.kind:<2} {token} {self.resource.name}{was}{refused}"
        return "\n".join([head, *(f"     {path}" for path in self.paths)])


def compare(old: Golden, new: Golden) -> list[Change]:
    """Changes in the new plan's order, deletions last."""
    before = dict(old.entries)
    # Match kept names first: only what is left can be a rename.
    pairs = [(_former(resource, before), resource) for resource in new.entries.values()]
    changes = [
        _change(found, resource) if found else _renamed(resource, before) or Change("+", resource)
        for found, resource in pairs
    ]
    deleted = [Change("-", resource, protected=_protected(resource)) for resource in reversed(before.values())]
    return [change for change in changes if change] + deleted


def lines(old: Golden, new: Golden) -> Iterator[str]:
    """A unified diff of both plans' files. Each hunk's header names the resource that it starts in."""
    before, after = files_of([old]), files_of([new])
    for file in sorted(before.keys() | after.keys()):
        one, other = (files.get(file, "").splitlines() for files in (before, after))
        for line in difflib.unified_diff(one, other, f"accepted/{file}", f"now/{file}", lineterm=""):
            begin = re.match(r"@@ -(\d+)", line)
            shown = f"{line} {_resource_above(one, int(begin[1]) + 3)}".rstrip() if begin else line
            yield paint(shown, _COLOURS[line[0]]) if line[0] in _COLOURS else shown


def _resource_above(text: list[str], line: int) -> str:
    return next((found[1] for one in reversed(text[:line]) if (found := _RESOURCE.match(one))), "")


def _former(resource: Entry, before: dict[str, Entry]) -> Entry | None:
    """Pop the resource that the engine matches by URN or alias."""
    paths = [resource.path, *(_alias(resource, alias) for alias in resource.options.get("aliases", []))]
    return next((before.pop(path) for path in paths if path in before), None)


def _alias(resource: Entry, alias: str) -> str:
    """The path of an alias, which is a URN or a former type."""
    return path_of(alias) if "::" in alias else path_below(resource.parent, alias, resource.name)


def _renamed(new: Entry, before: dict[str, Entry]) -> Change | None:
    """A rename: the engine deletes the old resource and creates the new one."""
    for path, old in before.items():
        if (old.type, old.inputs) == (new.type, new.inputs) and not old.component:
            del before[path]
            kind = "-+" if new.options.get("deleteBeforeReplace") else "+-"
            return Change(kind, new, was=old.name, protected=_protected(old))
    return None


def _protected(resource: Entry) -> bool:
    return bool(resource.options.get("protect"))


def _change(old: Entry, new: Entry) -> Change | None:
    inputs = list(_differences(old.inputs, new.inputs, ()))
    options = [("options", *path) for path in _differences(old.options, new.options, ())]
    if not inputs and not options and (old.path, old.parent) == (new.path, new.parent):
        return None
    kind = "~"
    if any(_replaces(new, path) for path in inputs):
        kind = "-+" if new.options.get("deleteBeforeReplace") else "+-"
    return Change(kind, new, tuple(_shown(path) for path in [*inputs, *options]), protected=_protected(old))


def _differences(old: Json, new: Json, path: Path) -> Iterator[Path]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _differences(old.get(key), new.get(key), (*path, key))
    elif old != new:
        yield path


def _replaces(resource: Entry, path: Path) -> bool:
    if path[0] in _REPLACING.get(resource.type, ()):
        return True
    wanted = [_parsed(text) for text in resource.options.get("replaceOnChanges", [])]
    return any(all(a in ("*", b) for a, b in zip(option, path, strict=False)) for option in wanted)


def _parsed(text: str) -> Path:
    """`a.b`, `a["b.c"]` and `a[0]` as keys."""
    return tuple(
        quoted or index or plain for quoted, index, plain in re.findall(r'\["([^"]+)"\]|\[(\w+|\*)\]|([^.\[\]]+)', text)
    )


def _shown(path: Path) -> str:
    return "".join(f'["{key}"]' if "." in key else f".{key}" for key in path).lstrip(".")
