"""The command line of modules that `pulumi up` runs locally through `pulumi_command.local.Command`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def command_line(module: str, *arguments: str) -> str:
    """The command that runs a module of this package. Pass secrets in the Command's `environment`, never here."""
    return " ".join((_python(), "-m", f"{__package__}.{module}", *arguments))


def _python() -> str:
    """A path of the interpreter that works on every machine: it is stored in the state, and destroy runs it.

    A Command runs in the project's folder, which usually has the virtual environment; a plugin's is in the home folder.
    """
    if __package__ == "components":  # a checkout, whose Pulumi.yaml names its virtual environment
        return ".venv/bin/python"
    python = Path(sys.executable)
    for folder, prefix in ((Path.cwd(), ""), (Path.home(), '"$HOME"/')):
        if python.is_relative_to(folder):
            return prefix + shlex.quote(str(python.relative_to(folder)))
    return shlex.quote(str(python))
