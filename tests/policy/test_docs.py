"""docs/policies.md lists every control, and the pack stands alone."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from policy.table import table

ROOT = Path(__file__).resolve().parents[2]


def test_the_documented_controls_are_those_that_exist():
    text = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    assert table() in text, "print the tables for docs/policies.md with: python -m policy.table"


def test_policies_share_nothing_with_the_program_that_they_judge():
    imported = {
        name.split(".")[0]
        for path in (ROOT / "policy").rglob("*.py")
        if ".venv" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported - sys.stdlib_module_names == {"policy", "pulumi_policy"}
