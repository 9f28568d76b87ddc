from __future__ import annotations


class RunError(Exception):
    """The run cannot start or go on. The message tells the user what is wrong and what to do."""
