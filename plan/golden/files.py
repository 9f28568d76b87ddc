"""The files of the golden plans: a folder shared by all stacks, one per stack, and one for long texts."""

from __future__ import annotations

import itertools
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from plan.golden import common, text
from plan.golden.documents import STACK, documents, golden_of, rank
from plan.golden.form import Golden
from plan.model import PlanError

TEXTS, SHARED = "texts", "all-stacks"
_MANY_LINES, _LONG = 40, 4000
"""A text with this many lines or characters gets a file of its own."""

Files = dict[str, str]
"""Contents, by paths below the folder."""


def files_of(stacks: Iterable[Golden]) -> Files:
    """The files of these plans. Equal plans give equal bytes."""
    found: dict[str, Any] = {one.stack: documents(one) for one in sorted(stacks, key=lambda one: one.stack)}
    if len(found) > 1 and not common.is_ambiguous(found):
        shared, found = common.split(found)
        found = {SHARED: shared, **found}
    made: Files = {}
    for folder, by_name in found.items():
        long_texts = _LongTexts(folder, made)
        # The folder marks the stack as accepted, even if its whole plan is shared.
        shown: dict[str, Any] = {STACK: {}, **({} if by_name is common.NOTHING else by_name)}
        for name, document in shown.items():
            made[f"{folder}/{name}.yaml"] = text.dump(document, long_texts.keep, rank)
    return dict(sorted(made.items()))


class _LongTexts:
    """Moves the long texts of one folder's documents into files, shared between stacks where possible."""

    def __init__(self, stack: str, files: Files) -> None:
        self._stack, self._files = stack, files

    def keep(self, value: str, keys: tuple[str, ...]) -> text.KeptText | None:
        if (value.count("\n") < _MANY_LINES and len(value) < _LONG) or text.GOES_ON in value:
            return None
        for prefix in itertools.chain(["", f"{self._stack}."], (f"{self._stack}.{n}." for n in itertools.count(2))):
            name = f"{prefix}{self._name(keys)}"
            kept = self._files.setdefault(f"{TEXTS}/{name}", f"{text.folded(value)}\n")
            if (instead := _instead(text.unfolded(kept[:-1]), value)) is not None:
                return text.KeptText(name, instead)
        return None

    def _name(self, keys: tuple[str, ...]) -> str:
        """A name made of resource and input, the same in each stack."""
        resource = next((key for key in reversed(keys) if " (" in key), "outputs").partition(" (")[0]
        neutral = common.neutral(resource, self._stack).replace("-<stack>", "")
        return re.sub(r"[^\w.-]+", "-", f"{neutral}.{keys[-1]}") + ".txt"


def _instead(kept: str, value: str) -> dict[str, str] | None:
    """Line replacements that turn `kept` into `value`; None if replacing lines is not enough."""
    before, after = kept.split("\n"), value.split("\n")
    instead = {old: new for old, new in zip(before, after, strict=False) if old != new}
    made = [instead.get(line, line) for line in before]
    return instead if made == after and len(instead) < _MANY_LINES else None


def stacks_in(folder: Path) -> list[str]:
    """The stacks that have a golden plan."""
    found = {path.parent.name for path in folder.glob(f"*/{STACK}.yaml")}
    return sorted(found - {SHARED, TEXTS})


def read(folder: Path, stack: str) -> Golden:
    """Raises PlanError for a plan that is missing or invalid."""
    path = folder / stack
    if stack not in stacks_in(folder):
        raise PlanError(f"There is no plan at {path}.")
    try:
        texts = {one.name: text.unfolded(one.read_bytes().decode()[:-1]) for one in (folder / TEXTS).glob("*")}
        shared, own = (
            {one.stem: text.load(one.read_text("utf-8"), texts) for one in (folder / part).glob("*.yaml")}
            for part in (SHARED, stack)
        )
        return golden_of(stack, common.joined(shared, own, stack))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise PlanError(f"{path} is not a recorded plan ({type(error).__name__}: {error}).") from None


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Replace the folder's whole content by these files, atomically."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as made:
        new, old = Path(made) / "new", Path(made) / "old"
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        try:
            new.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
