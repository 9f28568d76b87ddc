"""Generate `config` of Pulumi.yaml and docs/configuration.md from the sections."""

from stacks.settings import declaration

PROJECT, REFERENCE = declaration.ROOT / "Pulumi.yaml", declaration.ROOT / "docs" / "configuration.md"

PROJECT.write_text(declaration.project_file(PROJECT.read_text(encoding="utf-8")), encoding="utf-8")
REFERENCE.write_text(declaration.reference(), encoding="utf-8")
