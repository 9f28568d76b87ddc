"""The local commands have the same text on every machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import local_commands


def test_the_program_of_this_repository_runs_its_virtual_environment() -> None:
    assert local_commands.command_line("confluent.wait", "x") == ".venv/bin/python -m components.confluent.wait x"


@pytest.mark.parametrize(
    ("python", "text"),
    [
        ("project/venv/bin/python", "venv/bin/python"),
        ("home/a b/bin/python", "\"$HOME\"/'a b/bin/python'"),
        ("opt/bin/python", "{root}/opt/bin/python"),
    ],
)
def test_an_installed_package_runs_the_interpreter_that_has_it(
    python: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(local_commands, "__package__", "pulumi_fraud_detection")
    monkeypatch.setattr("sys.executable", str(tmp_path / python))
    command = local_commands.command_line("oracle.wait")
    assert command == f"{text.format(root=tmp_path)} -m pulumi_fraud_detection.oracle.wait"
