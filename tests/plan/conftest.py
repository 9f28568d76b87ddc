"""Record small Pulumi programs, and the project's program with other configurations."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from plan import Plan, record
from plan.commands import ROOT

Recorder = Callable[..., Plan]
Configured = Callable[..., Plan]

PROJECT = """
name: small
runtime: python
config:
  size: {type: integer, default: 3}
  region: {type: string, default: us-east-1}
"""
STACK = """
config:
  small:region: eu-west-1
  small:password: {secure: AAABencrypted}
"""


@pytest.fixture
def recorded(tmp_path: Path) -> Recorder:
    """Record a program given as text: `recorded(source, stack="dev", mode="both")`."""

    def run(source: str, *, stack: str = "dev", mode: str = "both", folder: str = "program") -> Plan:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        (root / "Pulumi.yaml").write_text(PROJECT)
        (root / "Pulumi.dev.yaml").write_text(STACK)
        (root / "Pulumi.prod.yaml").write_text("config: {}\n")
        (root / "__main__.py").write_text(
            "import pulumi\nimport pulumi_confluentcloud as cc\n" + textwrap.dedent(source)
        )
        return record(stack, root, mode=mode)  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> Configured:
    """Record the project's program: `configured("dev", redshiftSlots="ab")` changes one key of the stack dev.

    With `stack`, the changed configuration becomes that stack's, beside those of earlier calls.
    """
    root = tmp_path_factory.mktemp("project")
    for name in ("__main__.py", "Pulumi.yaml", "stacks", "components", "flink_sql", "app"):
        (root / name).symlink_to(ROOT / name)

    def run(base: str, *, stack: str = "", mode: str = "update", **changes: Any) -> Plan:
        configuration = yaml.safe_load((ROOT / f"Pulumi.{base}.yaml").read_text())
        configuration["config"] |= {f"fraud-detection:{key}": value for key, value in changes.items()}
        (root / f"Pulumi.{stack or base}.yaml").write_text(yaml.safe_dump(configuration))
        return record(stack or base, root, mode=mode)  # type: ignore[arg-type]

    return run
