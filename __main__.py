"""The Pulumi program: load the settings, then create their layer."""

from stacks import complete, platform, settings, streaming

LAYERS = {"complete": complete.compose, "platform": platform.compose, "streaming": streaming.compose}

stack = settings.load()
LAYERS[stack.general.layer](stack)
