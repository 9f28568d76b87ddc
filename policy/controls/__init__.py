"""All controls by field, one module each."""

from __future__ import annotations

from importlib import import_module

from policy.model import Control

NAMES = (
    "network", "compute", "storage", "redshift", "opensearch", "snowflake",
    "iam", "secrets", "kubernetes", "pods", "streaming", "governance",
)  # fmt: skip
FIELDS = {
    name: tuple(value for value in vars(import_module(f"{__name__}.{name}")).values() if isinstance(value, Control))
    for name in NAMES
}
CONTROLS = tuple(control for controls in FIELDS.values() for control in controls)
