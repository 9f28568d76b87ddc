"""The whole pipeline in one stack."""

from __future__ import annotations

from stacks import platform, streaming
from stacks.settings import Settings


def compose(settings: Settings) -> None:
    """Both layers; the second begins while the slow parts of the first are still being made."""
    streaming.make_streaming(settings, platform.make_platform(settings))
