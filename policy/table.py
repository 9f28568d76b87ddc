"""The controls as tables: `python -m policy.table` prints those of docs/policies.md."""

from __future__ import annotations

from policy.controls import FIELDS
from policy.model import Control, StackControl


def table() -> str:
    """One Markdown table per field."""
    return "\n".join(f"### {field}\n\n{_rows(controls)}" for field, controls in FIELDS.items())


def _rows(controls: tuple[Control, ...]) -> str:
    lines = ["| control | what must hold | severity | seen by |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{control.name}` | {control.description} | {control.severity} | {_seen_by(control)} |"
        for control in controls
    ]
    return "\n".join(lines) + "\n"


def _seen_by(control: Control) -> str:
    if control.plan_only:
        return "plan"
    return "plan, pack (stack)" if isinstance(control, StackControl) else "plan, pack"


if __name__ == "__main__":
    print(table())
