"""The Pulumi program: settings, then everything that they ask for."""

from stacks import complete, settings

complete.compose(settings.load())
