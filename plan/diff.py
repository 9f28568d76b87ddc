"""Compare two plans: + create, ~ update, +- and -+ replace, - delete, as Pulumi's engine prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plan.model import Plan, Resource
from plan.replacements import FORCE_NEW

Path = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """`kind` as the engine prints it; `was` is the former name of a resource that is replaced for its new one."""

    kind: str
    resource: Resource
    paths: tuple[str, ...] = ()
    was: str = ""
    protected: bool = False

    @property
    def destroys(self) -> bool:
        """Whether what exists would be deleted."""
        return self.kind in ("+-", "-+", "-")

    def __str__(self) -> str:
        token = self.resource.type.rsplit(":", 1)[-1]
        was = f" (was {self.was}; an alias would keep it)" if self.was else ""
        refused = "  [protected: pulumi up refuses]" if self.protected and self.destroys else ""
        head = f"{self.kind:<2} {token} {self.resource.name}{was}{refused}"
        return "\n".join([head, *(f"     {path}" for path in self.paths)])


def compare(old: Plan, new: Plan) -> list[Change]:
    """Changes in the new plan's order, deletions last."""
    before = old.by_urn()
    # All that have kept their names first: a renamed one is what is left.
    pairs = [(_former(resource, before), resource) for resource in new.resources]
    changes = [
        _change(found, resource) if found else _renamed(resource, before) or Change("+", resource)
        for found, resource in pairs
    ]
    deleted = [Change("-", resource, protected=_protected(resource)) for resource in reversed(before.values())]
    return [change for change in changes if change] + deleted


def _former(resource: Resource, before: dict[str, Resource]) -> Resource | None:
    """What the engine takes for the same resource, by its URN or an alias; taken out of `before`."""
    names = [resource.urn, *resource.options.get("aliases", [])]
    return next((before.pop(urn) for urn in names if urn in before), None)


def _renamed(new: Resource, before: dict[str, Resource]) -> Change | None:
    """The same thing under another name is, to the engine, another thing: the old one is deleted."""
    for urn, old in before.items():
        if (old.type, old.inputs) == (new.type, new.inputs) and old.custom:
            del before[urn]
            kind = "-+" if new.options.get("deleteBeforeReplace") else "+-"
            return Change(kind, new, was=old.name, protected=_protected(old))
    return None


def _protected(resource: Resource) -> bool:
    return bool(resource.options.get("protect"))


def _change(old: Resource, new: Resource) -> Change | None:
    inputs = list(_differences(old.inputs, new.inputs, ()))
    other = [("options", *path) for path in _differences(old.options, new.options, ())]
    other += [("dependencies",)] if old.dependencies != new.dependencies else []
    other += [("propertyDependencies",)] if old.property_dependencies != new.property_dependencies else []
    if not inputs and not other and old.urn == new.urn and old.parent == new.parent:
        return None
    kind = "~"
    if any(_replaces(new, path) for path in inputs):
        kind = "-+" if new.options.get("deleteBeforeReplace") else "+-"
    return Change(kind, new, tuple(_shown(path) for path in [*inputs, *other]), protected=_protected(old))


def _differences(old: Any, new: Any, path: Path) -> Iterator[Path]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _differences(old.get(key), new.get(key), (*path, key))
    elif old != new:
        yield path


def _replaces(resource: Resource, path: Path) -> bool:
    if path[0] in FORCE_NEW.get(resource.type, ()):
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
