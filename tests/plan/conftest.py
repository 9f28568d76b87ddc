"""Small Pulumi programs, written to a folder and recorded."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from local.plan import Plan, record

Recorder = Callable[..., Plan]

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
