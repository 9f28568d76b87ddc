"""The plugin's ConfluentCluster and ConfluentStreaming."""

import pulumi

from ..confluent import cluster, streaming
from ..confluent.handle import ConfluentHandle
from ..confluent.provider import make_provider
from ..connections import AppKafka, OracleConnection
from ..oracle.connector import make_source
from ..oracle.settings import SourceSettings
from ..sinks.sinks import SINKS
from .component import PluginComponent, Values, build, connection_output, plugin_schema


@plugin_schema(
    cluster.ConfluentClusterArgs,
    overrides={"private": None},
    connections={"handle": ConfluentHandle, "app_kafka": AppKafka},
)
class ConfluentCluster(PluginComponent):
    """Environment with Stream Governance, public Kafka cluster, Flink pool, service accounts and their keys.

    Pass `handle` to ConfluentStreaming and `appKafka` to FraudApp.
    """

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = cluster.ConfluentCluster(name, build(cluster.ConfluentClusterArgs, args), self._child)
        self._set_outputs(handle=connection_output(made.handle()), app_kafka=connection_output(made.app_kafka))


@plugin_schema(
    streaming.ConfluentStreamingArgs,
    overrides={
        "source": SourceSettings,
        "sinks": None,
        "oracle": OracleConnection,
        **{name: sink.connection | None for name, sink in SINKS.items()},
    },
)
class ConfluentStreaming(PluginComponent):
    """Topics, schemas, access, Flink statements and connectors: the pipeline of a ConfluentCluster.

    `oracle` is OracleHost's connection. A sink is on if you pass its connection from SinkTargets. Make this component
    depend on FraudApp, which creates the first payment that the tables need. `pulumi up` needs
    CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET in its environment.
    """

    topics: pulumi.Output[list[str]]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        source = make_source(build(OracleConnection, args.pop("oracle")), build(SourceSettings, args.pop("source")))
        sinks = {sink: args.pop(sink) for sink in SINKS if sink in args}
        connectors = tuple(SINKS[sink].connector(build(SINKS[sink].connection, sinks[sink])) for sink in sinks)
        checked = build(streaming.ConfluentStreamingArgs, args, source=source, sinks=connectors)
        given = opts and opts.providers and "confluentcloud" in opts.providers
        providers: list[pulumi.ProviderResource] = [] if given else [make_provider(name, checked.cluster, self._child)]
        child = pulumi.ResourceOptions(parent=self, providers=providers)
        self._set_outputs(topics=sorted(streaming.ConfluentStreaming(name, checked, child).topics))
