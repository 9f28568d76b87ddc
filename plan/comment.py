"""The change of a plan as a comment on a pull request, in Markdown: a headline, what is dangerous, the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plan.consequences import consequence
from plan.diff import Change, compare, lines
from plan.golden.form import Golden
from plan.prices import monthly

SHOWN = 8
"""Dangerous changes that are not folded, so that the comment fits on a screen."""
PATHS_SHOWN = 3
LONGEST_DIFF = 20_000
"""Characters. GitHub takes comments of 65,536, and there are several stacks."""
KINDS = {"-": "delete", "-+": "replace", "+-": "replace", "+": "create", "~": "update"}
"""By the engine's symbols, the most dangerous first."""
NO_STACK = Golden("", "", {})


def comment(stack: str, old: Golden | None, new: Golden) -> str:
    """Markdown for one stack; `old` is None if the stack is new."""
    changes = sorted(compare(old or NO_STACK, new), key=_danger)
    parts = [f"### {stack}: {_headline(changes, old, new)}"]
    shown = [change for change in changes if change.destroys][:SHOWN]
    if shown:
        parts += [_table(shown)]
    if others := changes[len(shown) :]:
        parts += [_folded(f"{_counts(others)}{'' if shown else ', nothing lost'}", _table(others))]
    if old and (difference := _cut("\n".join(lines(old, new)))):
        parts += [_folded("The plan's diff", f"```diff\n{difference}\n```")]
    return "\n\n".join(parts) + "\n"


def gone(stack: str) -> str:
    return f"### {stack}: the stack is gone\n\nDestroy it before its configuration goes: `pulumi destroy`.\n"


def _danger(change: Change) -> tuple[bool, bool, int]:
    return not change.destroys, not consequence(change), list(KINDS).index(change.kind)


def _headline(changes: Sequence[Change], old: Golden | None, new: Golden) -> str:
    return f"{_counts(changes) or 'no change of a resource'}; {_cost(old, new)}"


def _counts(changes: Sequence[Change]) -> str:
    kinds = [KINDS[change.kind] for change in changes]
    return ", ".join(f"{kinds.count(kind)} to {kind}" for kind in dict.fromkeys(KINDS.values()) if kind in kinds)


def _cost(old: Golden | None, new: Golden) -> str:
    (before, _), (after, unknown) = monthly(old or NO_STACK), monthly(new)
    now, change = sum(after.values()), round(sum(after.values()) - sum(before.values()))
    missing = f", without {', '.join(unknown)}" if unknown else ""
    return f"about ${now:,.0f} a month{missing} ({f'{change:+,}' if change else 'as before'})"


def _table(changes: Iterable[Change]) -> str:
    rows = [f"| {KINDS[one.kind]} | {_name(one)} | {_meaning(one)} |" for one in changes]
    return "\n".join(["| | resource | what it means |", "| --- | --- | --- |", *rows])


def _name(change: Change) -> str:
    kind = change.resource.type.rsplit(":", 1)[-1]
    paths = [f"`{path}`" for path in change.paths[:PATHS_SHOWN]]
    more = len(change.paths) - len(paths)
    told = ", ".join([*paths, *([f"{more} more"] if more > 0 else [])])
    return f"{kind} `{change.resource.name}`" + (f": {told}" if told else "")


def _meaning(change: Change) -> str:
    words = [consequence(change)]
    if change.was:
        words.append(f"renamed: it was `{change.was}`, and an alias would keep it")
    if change.protected and change.destroys:
        words.append("protected: `pulumi up` refuses")
    return "; ".join(filter(None, words))


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _cut(text: str) -> str:
    """Backticks could end the code block."""
    text = text.replace("```", "'''")
    if len(text) <= LONGEST_DIFF:
        return text
    return f"{text[:LONGEST_DIFF].rpartition(chr(10))[0]}\n... cut: `make plan-diff` prints all of it"
