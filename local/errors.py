"""The error of the local run that a user reads."""

from __future__ import annotations


class RunError(Exception):
    """The run cannot start or go on. The message is whole: what is wrong and what to do."""
