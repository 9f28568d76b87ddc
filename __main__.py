"""The Pulumi program: settings, then everything that they ask for."""

from stacks import complete, platform, settings, streaming

LAYERS = {"complete": complete.compose, "platform": platform.compose, "streaming": streaming.compose}

stack = settings.load()
LAYERS[stack.general.layer](stack)
