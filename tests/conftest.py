"""Shared by every suite."""

from __future__ import annotations

import os

from local.parts import shell

# Help and log text is compared as plain text.
os.environ["NO_COLOR"] = "1"
shell.reach_own_servers()
