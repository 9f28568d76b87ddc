"""All controls by field, one module each."""

from __future__ import annotations

from policy.controls import (
    compute,
    governance,
    iam,
    kubernetes,
    network,
    opensearch,
    pods,
    redshift,
    secrets,
    snowflake,
    storage,
    streaming,
)
from policy.model import Control

FIELDS: dict[str, tuple[Control, ...]] = {
    module.__name__.rpartition(".")[2]: tuple(value for value in vars(module).values() if isinstance(value, Control))
    for module in (
        network,
        compute,
        storage,
        redshift,
        opensearch,
        snowflake,
        iam,
        secrets,
        kubernetes,
        pods,
        streaming,
        governance,
    )
}

CONTROLS = tuple(control for controls in FIELDS.values() for control in controls)
