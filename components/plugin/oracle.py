"""The plugin's OracleHost."""

import pulumi

from ..connections import AppDatabase, OracleConnection
from ..oracle import host
from .component import PluginComponent, Values, build, connection_output, plugin_schema


@plugin_schema(host.OracleHostArgs, connections={"connection": OracleConnection, "app_database": AppDatabase})
class OracleHost(PluginComponent):
    """Oracle XE on a private host, ready for change data capture.

    Pass `connection` to ConfluentStreaming, and `appDatabase` and `securityGroupId` to FraudApp.
    """

    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = host.OracleHost(name, build(host.OracleHostArgs, args), self._child)
        self._set_outputs(
            connection=connection_output(made.connection),
            app_database=connection_output(made.app_database),
            security_group_id=made.security_group_id,
        )
