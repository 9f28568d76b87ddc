"""Who may import whom, as CONTRIBUTING.md says: read from the source, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "contracts": set(),
    "components": {"contracts"},
    "stacks": {"components", "contracts"},
    "policy": set(),
    # It reads the plan: what it takes from a component instead would be a second definition of the pipeline.
    "local": {"policy", "contracts"},
    # It is copied into an image of its own, without the program.
    "app": set(),
}
NO_PULUMI = ("contracts", "app")


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and top-level package of each absolute import, those inside functions included."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.partition(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.partition(".")[0]


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    # The policy pack may have a virtual environment of its own.
    files = [file for file in sorted((ROOT / folder).rglob("*.py")) if ".venv" not in file.parts]
    assert files, f"{folder}/ has no modules: name the folder that took its place"
    forbidden = {*MAY_IMPORT, "tests", "bench"} - MAY_IMPORT[folder] - {folder}
    found = [
        f"{file.relative_to(ROOT)}:{line} imports {name}"
        for file in files
        for line, name in imports(file)
        if name in forbidden or (folder in NO_PULUMI and name.startswith("pulumi"))
    ]
    assert not found, "\n".join([*found, f"{folder}/ may import {sorted(MAY_IMPORT[folder]) or 'nothing'} of these"])
