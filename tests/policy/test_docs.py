"""docs/policies.md lists every control, and the pack does not import the program."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from policy.table import table

ROOT = Path(__file__).resolve().parents[2]


def test_every_control_is_documented():
    text = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    assert table() in text, "update docs/policies.md with the output of: python -m policy.table"


def test_policies_do_not_import_the_program():
    imported = {
        name.split(".")[0]
        for path in (ROOT / "policy").rglob("*.py")
        if ".venv" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names])
    }
    assert imported - sys.stdlib_module_names == {"policy", "pulumi_policy"}
