"""Colours for the commands' output."""

from __future__ import annotations

import os
import sys

RED, GREEN, YELLOW, CYAN = "31", "32", "33", "36"


def paint(text: str, colour: str) -> str:
    """Colour the text on a terminal, unless NO_COLOR is set."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return text
    return f"\033[{colour}m{text}\033[0m"
