"""SinkTargets, for programs in other languages."""

import pulumi

from ..sinks import targets
from ..sinks.base import SinkTargetsArgs
from ..sinks.sinks import SINKS
from .crossing import Crossing, Values, build, crossing, told


@crossing(
    SinkTargetsArgs,
    instead={"settings": None, **{name: sink.settings | None for name, sink in SINKS.items()}},
    gives={name: sink.connection | None for name, sink in SINKS.items()},
)
class SinkTargets(Crossing):
    """The stores of the sinks whose settings are given. Their connections go to ConfluentStreaming."""

    dashboards_url: pulumi.Output[str] | None

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        settings = {sink: build(SINKS[sink].settings, args.pop(sink)) for sink in SINKS if sink in args}
        made = targets.SinkTargets(name, build(SinkTargetsArgs, args, settings=settings), self._child)
        connections = {sink: told(connection) for sink, connection in made.connections.items()}
        self._give(dashboards_url=made.outputs.get("dashboardsUrl"), **connections)
