"""The whole pipeline in one stack."""

from __future__ import annotations

from stacks import platform, streaming
from stacks.settings import Settings


def compose(settings: Settings) -> None:
    """Both layers; the second starts while slow resources of the first are still being created."""
    streaming.make_streaming(settings, platform.make_platform(settings))
