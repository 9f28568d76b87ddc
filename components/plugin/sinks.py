"""The plugin's SinkTargets."""

import pulumi

from ..sinks.base import SinkTargetsArgs
from ..sinks.sinks import SINKS
from ..sinks.targets import SinkTargets as Targets
from .component import PluginComponent, Values, build, connection_output, plugin_schema


@plugin_schema(
    SinkTargetsArgs,
    overrides={"settings": None, **{name: sink.settings | None for name, sink in SINKS.items()}},
    connections={name: sink.connection | None for name, sink in SINKS.items()},
)
class SinkTargets(PluginComponent):
    """The sinks' stores, for each sink with settings. Pass the connections to ConfluentStreaming."""

    dashboards_url: pulumi.Output[str] | None

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = {sink: build(SINKS[sink].settings, args.pop(sink)) for sink in SINKS if sink in args}
        made = Targets(name, build(SinkTargetsArgs, args, settings=settings), self._child)
        connections = {sink: connection_output(connection) for sink, connection in made.connections.items()}
        self._set_outputs(dashboards_url=made.outputs.get("dashboardsUrl"), **connections)
