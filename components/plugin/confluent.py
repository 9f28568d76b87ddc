"""ConfluentCluster and ConfluentStreaming, for programs in other languages."""

import pulumi

from ..confluent import cluster, streaming
from ..confluent.handle import ConfluentHandle
from ..confluent.provider import make_provider
from ..connections import AppKafka, OracleConnection
from ..oracle.connector import make_source
from ..oracle.settings import SourceSettings
from ..sinks.sinks import SINKS
from .crossing import Crossing, Values, build, crossing, told


@crossing(
    cluster.ConfluentClusterArgs,
    instead={"private": None},
    gives={"handle": ConfluentHandle, "app_kafka": AppKafka},
)
class ConfluentCluster(Crossing):
    """Environment with Stream Governance, public Kafka cluster, Flink pool, the accounts and their keys.

    `handle` goes to ConfluentStreaming, `appKafka` to FraudApp.
    """

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        made = cluster.ConfluentCluster(name, build(cluster.ConfluentClusterArgs, args), self._child)
        self._give(handle=told(made.handle()), app_kafka=told(made.app_kafka))


@crossing(
    streaming.ConfluentStreamingArgs,
    instead={
        "source": None,
        "sinks": None,
        "oracle": OracleConnection,
        "source_settings": SourceSettings,
        **{name: sink.connection | None for name, sink in SINKS.items()},
    },
)
class ConfluentStreaming(Crossing):
    """Topics, schemas, access, Flink statements and connectors: the pipeline of a ConfluentCluster.

    `oracle` is OracleHost's connection; a sink is on when its connection, of SinkTargets, is given. Let it depend on
    FraudApp: the tables need a first payment before. `pulumi up` needs CONFLUENT_CLOUD_API_KEY and
    CONFLUENT_CLOUD_API_SECRET in its environment.
    """

    topics: pulumi.Output[list[str]]

    def __init__(self, name: str, args: Values, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        oracle = build(OracleConnection, args.pop("oracle"))
        source = make_source(oracle, build(SourceSettings, args.pop("source_settings")))
        sinks = {sink: args.pop(sink) for sink in SINKS if sink in args}
        connectors = tuple(SINKS[sink].connector(build(SINKS[sink].connection, sinks[sink])) for sink in sinks)
        strict = build(streaming.ConfluentStreamingArgs, args, source=source, sinks=connectors)
        given = opts and opts.providers and "confluentcloud" in opts.providers
        providers: list[pulumi.ProviderResource] = [] if given else [make_provider(name, strict.cluster, self._child)]
        child = pulumi.ResourceOptions(parent=self, providers=providers)
        self._give(topics=sorted(streaming.ConfluentStreaming(name, strict, child).topics))
