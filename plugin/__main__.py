"""The plugin's entry point for programs in other languages (docs/components.md)."""

from pulumi_fraud_detection.plugin.host import run  # pyright: ignore[reportMissingImports, reportUnknownVariableType] - installed

run()
