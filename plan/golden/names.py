"""Short names of types and resources, and references `${name.output}` in place of simulated values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from components.contracts.types import Json
from plan.model import Plan, Resource

_DISTINCTIVE = 16
"""A simulated text of this length is no ordinary word, so it is also replaced inside longer texts."""

Found = dict[str, tuple[str, str]]
"""A simulated text -> the URN of its resource, and the reference to it."""


def short_type(token: str) -> str:
    """`aws:ec2/vpc:Vpc` as `aws:ec2:Vpc`, `confluentcloud:index/schema:Schema` as `confluentcloud:Schema`."""
    package, module, kind = token.split(":", 2)
    folder, _, file = module.partition("/")
    if file != kind[:1].lower() + kind[1:]:
        return token
    return f"{package}:{kind}" if folder == "index" else f"{package}:{folder}:{kind}"


def path_of(urn: str) -> str:
    """A URN without stack and project, and with short types."""
    *_, types, name = urn.split("::", 3)
    return "$".join(map(short_type, types.split("$"))) + f"::{name}"


def is_reference(value: Json) -> bool:
    """Whether an input is a whole resource, in the form that `plan.wire.masked` gives it."""
    return isinstance(value, dict) and value.keys() == {"resource"} and str(value["resource"]).startswith("urn:")


class Names:
    """The shortest unique name of each resource of a plan, and references to their outputs."""

    def __init__(self, plan: Plan) -> None:
        self._simulated = plan.simulated
        forms = {one.urn: _forms(one) for one in plan.resources}
        uses = Counter(form for found in forms.values() for form in found)
        self._names = {urn: next(form for form in found if uses[form] == 1) for urn, found in forms.items()}

    def name(self, urn: str) -> str:
        return self._names.get(urn, urn)

    def names(self, urns: Iterable[str]) -> list[str]:
        return sorted(map(self.name, urns))

    def refer(self, value: Any, urns: Iterable[str]) -> tuple[Any, set[str]]:
        """The value with references to these resources' outputs, and the URNs that it refers to."""
        found = list(texts(value))
        present = {
            text: source
            for text, source in self._simulated_by(urns).items()
            if any(text == one or (_is_distinctive(text, source[0]) and text in one) for one in found)
        }
        used: set[str] = set()
        return self._replaced(value, present, used), used

    def _simulated_by(self, urns: Iterable[str]) -> Found:
        """Texts that identify one resource; a text shared by several (a region, an account) identifies none."""
        found: Found = {}
        shared: set[str] = set()
        for urn in urns:
            for output, text in self._simulated.get(urn, {}).items():
                if found.setdefault(text, (urn, f"${{{self.name(urn)}.{output}}}"))[0] != urn:
                    shared.add(text)
        return {text: source for text, source in found.items() if text not in shared}

    def _replaced(self, value: Json, found: Found, used: set[str]) -> Any:
        if isinstance(value, dict):
            if is_reference(value):
                used.add(value["resource"])
                return f"${{{self.name(value['resource'])}}}"
            return {key: self._replaced(item, found, used) for key, item in value.items()}
        if isinstance(value, list):
            return [self._replaced(item, found, used) for item in value]
        return _with_references(value, found, used) if isinstance(value, str) and found else value


def _with_references(text: str, found: Found, used: set[str]) -> str:
    parts = [part for part, (urn, _) in found.items() if _is_distinctive(part, urn)]
    pattern = "|".join(map(re.escape, [text] if text in found else sorted(parts, key=len, reverse=True)))

    def reference(match: re.Match[str]) -> str:
        urn, shown = found[match[0]]
        used.add(urn)
        return shown

    return re.sub(pattern, reference, text) if pattern else text


def _forms(resource: Resource) -> tuple[str, ...]:
    """Candidate names, shortest first."""
    kind = resource.type.rpartition(":")[2]
    typed = (f"{resource.name} ({kind})", f"{resource.name} ({short_type(resource.type)})")
    return (resource.name, *dict.fromkeys(typed), path_of(resource.urn), resource.urn)


def _is_distinctive(text: str, urn: str) -> bool:
    return len(text) >= _DISTINCTIVE or urn.rpartition("::")[2] in text


def texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
