"""OracleHost, for programs in other languages."""

import pulumi

from ..connections import AppDatabase, OracleConnection
from ..oracle import host
from .crossing import Crossing, Values, build, crossing, told


@crossing(host.OracleHostArgs, gives={"connection": OracleConnection, "app_database": AppDatabase})
class OracleHost(Crossing):
    """Oracle XE on a private host, ready for change data capture.

    `connection` goes to ConfluentStreaming, `appDatabase` and `securityGroupId` to FraudApp.
    """

    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = host.OracleHost(name, build(host.OracleHostArgs, args), self._child)
        self._give(
            connection=told(made.connection),
            app_database=told(made.app_database),
            security_group_id=made.security_group_id,
        )
