"""Shared by every suite."""

from __future__ import annotations

import os

# Help and log text is compared as plain text.
os.environ["NO_COLOR"] = "1"
