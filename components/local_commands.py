"""What the programs share that `pulumi up` runs on its own machine, through `pulumi_command.local.Command`."""

from __future__ import annotations

import base64

# Pulumi.yaml says that the program's virtual environment is here; a Command runs in the project's folder.
PYTHON = ".venv/bin/python"


def command_line(module: str, *arguments: str) -> str:
    """The command that runs a module; secrets go into the Command's `environment`, never here."""
    return " ".join((PYTHON, "-m", module, *arguments))


def basic_auth(user: str, password: str) -> dict[str, str]:
    """The header of HTTP's basic authentication (RFC 7617)."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}
