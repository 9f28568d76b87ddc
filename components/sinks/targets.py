"""SinkTargets: the stores of the stack's sinks."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import ResourceOptions

from ..alarms import Alarm
from .base import SinkTargetsArgs
from .sinks import SINKS


class SinkTargets(pulumi.ComponentResource):
    """`connections` maps each sink's name to its store's connection, for the connector."""

    connections: dict[str, Any]
    outputs: dict[str, pulumi.Output[str]]
    alarms: tuple[Alarm, ...]

    def __init__(self, name: str, args: SinkTargetsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:sinks:SinkTargets", name, None, opts)
        child = ResourceOptions(parent=self)
        stores = {
            sink.name: sink.store(f"{name}-{sink.name}", args, args.settings[sink.name], child)
            for sink in SINKS.values()
            if sink.name in args.settings
        }
        self.connections = {sink: store.connection for sink, store in stores.items()}
        self.outputs = {key: value for store in stores.values() for key, value in store.outputs.items()}
        self.alarms = tuple(alarm for store in stores.values() for alarm in store.alarms)
        self.register_outputs(self.outputs)
