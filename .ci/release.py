"""`make release VERSION=1.2.3`: dist/ with the wheel, the source and notes.md, the changelog's section."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(version: str, root: Path = ROOT) -> str | None:
    """What is wrong, or None."""
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    notes = section((root / "CHANGELOG.md").read_text(encoding="utf-8"), version)
    problems = list[str]()
    if version != declared:
        problems.append(f"VERSION is {version!r}, but pyproject.toml has {declared}: make them equal.")
    if not notes:
        problems.append(f'CHANGELOG.md has no section "## {version}" with text: write what changed.')
    if problems:
        return "\n".join(problems)
    dist = root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--directory", str(dist)], cwd=root, check=True)
    (dist / "notes.md").write_text(notes + "\n", encoding="utf-8")
    return None


def section(changelog: str, version: str) -> str:
    """The text below the version's heading, which may end with a date. Empty if there is none."""
    heading = rf"^## \[?{re.escape(version)}\]?(?: [^\n]*)?$"
    found = re.search(rf"{heading}(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
