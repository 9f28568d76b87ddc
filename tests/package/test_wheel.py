"""The installed package: one top-level name, and components that work in an empty folder."""

from __future__ import annotations

import ast
import email
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.package.conftest import ROOT

HERE = Path(__file__).parent
PACKAGE = "pulumi_fraud_detection"
Made = dict[str, list[Any]]
Run = Callable[..., Made]


@pytest.fixture(scope="module")
def run(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a program with only the installed package, and return the inputs by type."""

    def run(program: Path, **config: str) -> Made:
        folder = tmp_path_factory.mktemp("elsewhere")
        shutil.copy(program, folder / "__main__.py")
        script = [sys.executable, str(HERE / "run_mocked.py"), "__main__.py", json.dumps(config)]
        found = subprocess.run(
            script, cwd=folder, env={"PYTHONPATH": str(installed), "HOME": "/"}, capture_output=True, text=True
        )
        assert found.returncode == 0, found.stderr
        return json.loads(found.stdout)

    return run


def test_the_wheel_has_one_top_level_package(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    info = f"{PACKAGE}-{importlib_version()}.dist-info"
    assert {name.split("/")[0] for name in names} == {PACKAGE, info}
    folders = {name.split("/")[1] for name in names if name.startswith(f"{PACKAGE}/") and name.count("/") > 1}
    parts = "confluent contracts flink_sql fraud_app monitoring network oracle plugin sinks"
    assert folders == set(parts.split()), "a folder that is no component"
    assert f"{PACKAGE}/py.typed" in names
    assert f"{PACKAGE}/flink_sql/rules/large_amount.yaml" in names
    assert f"{info}/licenses/LICENSE" in names
    assert not [name for name in names if name.endswith((".pyc", "stack_file.py"))]


def importlib_version() -> str:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", version), "a semantic version"
    return version


def test_the_metadata_is_complete(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
    found = email.message_from_bytes(archive.read(name))
    assert (found["Name"], found["License-Expression"]) == ("pulumi-fraud-detection", "Apache-2.0")
    assert found["Requires-Python"] == ">=3.11"
    assert found["Description-Content-Type"] == "text/markdown" and "# The components" in str(found.get_payload())
    assert {url.split(",")[0] for url in found.get_all("Project-URL", [])} == {"Repository", "Changelog"}
    assert "Typing :: Typed" in found.get_all("Classifier", [])
    wanted = {re.split(r"[^\w.-]", text)[0]: text for text in found.get_all("Requires-Dist", [])}
    assert {_normal(name) for name in wanted} == imported_distributions()
    unbound = [text for text in wanted.values() if not re.search(r">=[\d.]+.*<|<[\d.]+.*>=", text)]
    assert not unbound, "each dependency needs a lower and an upper bound"


def imported_distributions() -> set[str]:
    """The distributions that components/ imports."""
    modules = set[str]()
    for path in (ROOT / "components").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                modules.add(node.module.split(".")[0])
    provided = importlib.metadata.packages_distributions()
    return {_normal(provided[module][0]) for module in modules - sys.stdlib_module_names}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def pipeline(run: Run) -> Made:
    return run(HERE / "pipeline.py")


def test_every_component_works_in_an_empty_folder(pipeline: Made) -> None:
    assert len(pipeline["confluentcloud:index/connector:Connector"]) == 4
    texts = [statement["statement"] for statement in pipeline["confluentcloud:index/flinkStatement:FlinkStatement"]]
    assert any("burst_count" in text for text in texts), "the rules of flink_sql are in the package"
    for kind in ("aws:ec2/vpc:Vpc", "aws:redshift/cluster:Cluster", "snowflake:index/database:Database"):
        assert len(pipeline[kind]) == 1
    assert "kubernetes:apps/v1:Deployment" in pipeline


def test_its_commands_run_from_anywhere(pipeline: Made, installed: Path, tmp_path: Path) -> None:
    commands = [
        command
        for inputs in pipeline["command:local:Command"]
        for command in (inputs.get("create"), inputs.get("delete"))
        if command and command != "true"
    ]
    assert {command.split()[2].removeprefix(f"{PACKAGE}.") for command in commands} == {
        "confluent.alter", "confluent.cleanup", "confluent.wait", "oracle.wait", "sinks.opensearch.setup",
    }  # fmt: skip
    for command in set(commands):
        found = subprocess.run(
            command, shell=True, cwd=tmp_path, env={"PYTHONPATH": str(installed)}, capture_output=True, text=True
        )
        assert found.returncode == 2, f"{command}: {found.stderr}"
        assert found.stderr.startswith("set "), "the command must name the missing variables"


def test_the_example_makes_a_network_and_a_domain(run: Run) -> None:
    example = ROOT / "examples" / "python-package" / "__main__.py"
    made = run(example, region="eu-west-1", operatorCidr="203.0.113.7/32")
    assert {subnet["availabilityZone"] for subnet in made["aws:ec2/subnet:Subnet"]} == {"eu-west-1a", "eu-west-1b"}
    (domain,) = made["aws:opensearch/domain:Domain"]
    assert "192.0.2.10/32" in domain["accessPolicies"] and "203.0.113.7/32" in domain["accessPolicies"]
