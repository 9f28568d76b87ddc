"""What the programs share that `pulumi up` runs on its own machine, through `pulumi_command.local.Command`."""

from __future__ import annotations

# Pulumi.yaml says that the program's virtual environment is here; a Command runs in the project's folder.
PYTHON = ".venv/bin/python"


def command_line(module: str, *arguments: str) -> str:
    """The command that runs a module; secrets go into the Command's `environment`, never here."""
    return " ".join((PYTHON, "-m", module, *arguments))
