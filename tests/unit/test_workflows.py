"""The workflows of .github: what they run exists, and no action can change under its name."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PERMISSIONS = {
    "pull-request.yml": {"preview": {"contents": "read", "id-token": "write", "pull-requests": "write"}},
    "plan-comment.yml": {"comment": {"actions": "read", "pull-requests": "write"}},
    "release.yml": {"release": {"contents": "write"}},
}
"""Jobs that may do more than read the repository and sign in."""


def steps(workflow: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [])


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def workflow(file: Path) -> dict[Any, Any]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_each_make_target_exists(workflow: dict[Any, Any]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = {found for step in steps(workflow) for found in re.findall(r"\bmake (?:-s )?([a-z-]+)", step.get("run", ""))}
    assert used <= targets, f"the Makefile has no {sorted(used - targets)}"


def test_each_action_is_pinned_by_its_commit(file: Path) -> None:
    used = re.findall(r"uses: (.*)", file.read_text(encoding="utf-8"))
    loose = [one for one in used if not re.fullmatch(r"\./\S+|[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)]
    assert not loose, f"pin {loose} by the hash of a commit, with its version behind it"


def test_a_job_has_no_more_rights_than_it_needs(file: Path, workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {}, "give rights to jobs"
    for name, job in workflow["jobs"].items():
        allowed = PERMISSIONS.get(file.name, {}).get(name, {"contents": "read", "id-token": "write"})
        assert job["permissions"].items() <= allowed.items(), f"{name} has rights that nobody has thought about"


def test_a_job_ends(workflow: dict[Any, Any]) -> None:
    assert all(job.get("timeout-minutes", 0) <= 90 and ("uses" in job or "timeout-minutes" in job)
               for job in workflow["jobs"].values())  # fmt: skip


def test_no_expression_stands_in_a_script(workflow: dict[Any, Any]) -> None:
    """A branch's name in a script would be run; in `env` it is text."""
    assert not [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")]


def test_credentials_stay_away_from_forks(workflow: dict[Any, Any]) -> None:
    for name, job in workflow["jobs"].items():
        if workflow[True] == "pull_request" and job["permissions"].get("id-token"):
            assert "head.repo.full_name == github.repository" in job["if"], name


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    checked = subprocess.run(
        [zizmor, "--offline", "--no-progress", ".github"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


@pytest.fixture
def release() -> ModuleType:
    found = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.parametrize("heading", ["## 1.2.3", "## [1.2.3]", "## 1.2.3 - 2026-12-01", "## [1.2.3] - 2026-12-01"])
def test_the_notes_are_the_section_of_the_version(release: ModuleType, heading: str) -> None:
    text = f"# Changelog\n\n## Unreleased\n\n- no\n\n{heading}\n\n### Added\n\n- yes\n\n## 1.2.30\n\n- no\n"
    assert release.section(text, "1.2.3") == "### Added\n\n- yes"
    assert release.section(text, "1.2") == ""


def test_a_release_tells_every_problem(release: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.4"\n', encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n", encoding="utf-8")
    told = release.main("1.2.3", tmp_path)
    assert "VERSION is '1.2.3', but pyproject.toml has 1.2.4" in told
    assert 'CHANGELOG.md has no section "## 1.2.3"' in told
    assert not (tmp_path / "dist").exists()
