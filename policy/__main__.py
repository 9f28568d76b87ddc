"""The entry point of the Pulumi policy pack: the engine runs `python -u -m pulumi.policy ENGINE .` in this folder."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

# The engine runs the pack inside its folder, which has another name in a published pack.
FOLDER = Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location(
    "policy", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
)
assert SPEC and SPEC.loader
sys.modules["policy"] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sys.modules["policy"])

from policy.pack import serve  # noqa: E402 (not importable before)

serve()
