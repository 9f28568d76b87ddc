"""Files, make targets and configuration keys in the documents exist, and every document is linked."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
AT_THE_TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
DOCUMENTS = [ROOT / name for name in AT_THE_TOP]
DOCUMENTS += [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
RECORDS = ROOT / "docs" / "adr"
FILES = re.compile(r"(?:app|bench|components|examples|flink_sql|local|plan|plugin|policy|stacks|tests)/[\w/.*-]*")


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def document(request: pytest.FixtureRequest) -> tuple[Path, str]:
    return request.param, request.param.read_text(encoding="utf-8")


def test_every_link_has_a_target(document: tuple[Path, str]) -> None:
    path, text = document
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    assert not [link for link in links if not (path.parent / link).exists()]


def test_every_named_file_exists(document: tuple[Path, str]) -> None:
    _, text = document
    named = [name for code in re.findall(r"`([^`\n]+)`", text) for name in FILES.findall(code)]
    # The commands in the text create the virtual environment.
    assert not [name for name in named if ".venv" not in name and not list(ROOT.glob(name.rstrip("/")))]


def test_every_make_target_exists(document: tuple[Path, str]) -> None:
    _, text = document
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^ *|`|&& )make (?:-s )?([a-z-]+)", text, re.MULTILINE)) <= targets


def test_every_configuration_key_exists(document: tuple[Path, str]) -> None:
    path, text = document
    home = path.parent if (path.parent / "Pulumi.yaml").exists() else ROOT
    keys = set(yaml.safe_load((home / "Pulumi.yaml").read_text(encoding="utf-8"))["config"])
    assert set(re.findall(r"config set (?:--secret )?(\w+)", text)) <= keys


def test_the_readme_links_every_document() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    documents = [path for path in DOCUMENTS if RECORDS not in path.parents and path.name != "README.md"]
    assert not [path.name for path in documents if path.relative_to(ROOT).as_posix() not in text]


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    """Links, anchors, and every page in the navigation."""
    command = [Path(sys.executable).with_name("mkdocs"), "build", "--site-dir", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    foreign = [
        (page.name, found)
        for page in tmp_path.rglob("*.html")
        for found in re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"', page.read_text("utf-8"))
    ]
    assert not foreign, "the site must not ask other hosts"


def test_the_index_links_every_decision_in_order() -> None:
    index = (RECORDS / "README.md").read_text(encoding="utf-8")
    names = sorted(path.name for path in RECORDS.glob("*.md") if path.name != "README.md")
    assert re.findall(r"\]\((\d[^)]*)\)", index) == names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
