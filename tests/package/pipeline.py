"""Every component of the installed package, connected as in `stacks/`."""

import pulumi
from pulumi_fraud_detection.aws_context import AwsContext
from pulumi_fraud_detection.confluent.cluster import ConfluentCluster, ConfluentClusterArgs
from pulumi_fraud_detection.confluent.provider import make_provider
from pulumi_fraud_detection.confluent.settings import StreamingSettings
from pulumi_fraud_detection.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs
from pulumi_fraud_detection.encryption import EncryptionKey, EncryptionKeyArgs
from pulumi_fraud_detection.fraud_app.app import FraudApp
from pulumi_fraud_detection.fraud_app.args import FraudAppArgs
from pulumi_fraud_detection.fraud_app.settings import AppSettings
from pulumi_fraud_detection.network.stack import NetworkStack, NetworkStackArgs
from pulumi_fraud_detection.oracle.connector import make_source
from pulumi_fraud_detection.oracle.host import OracleHost, OracleHostArgs
from pulumi_fraud_detection.oracle.settings import SourceSettings
from pulumi_fraud_detection.sinks.base import SinkTargetsArgs
from pulumi_fraud_detection.sinks.sinks import SINKS
from pulumi_fraud_detection.sinks.targets import SinkTargets

CIDR = "203.0.113.7/32"
prefixes = ["192.0.2.10/32"]
settings = StreamingSettings(burst_count=5)

key = EncryptionKey("key", EncryptionKeyArgs(account_id="123456789012", region="us-east-1"))
context = AwsContext(region="us-east-1", account_id="123456789012", kms_key_arn=key.arn)
network = NetworkStack("network", NetworkStackArgs(context=context, confluent_prefixes=prefixes))
cluster = ConfluentCluster("cluster", ConfluentClusterArgs(region="us-east-1"))
oracle = OracleHost(
    "oracle",
    OracleHostArgs(
        context=context,
        vpc_id=network.vpc_id,
        subnet_id=network.data_subnet_ids[0],
        availability_zone=network.zones[0],
        listener_subnet_ids=network.public_subnet_ids,
        confluent_prefix_list_id=network.confluent_prefix_list_id,
        network_ready=network.internet_ready,
        ami_id="ami-1",
    ),
)
stores = SinkTargets(
    "stores",
    SinkTargetsArgs(
        context=context,
        vpc_id=network.vpc_id,
        subnet_ids=network.public_subnet_ids,
        confluent_prefix_list_id=network.confluent_prefix_list_id,
        confluent_prefixes=prefixes,
        operator_cidrs=[CIDR],
        nat_addresses=network.nat_addresses,
        network_ready=network.internet_ready,
        settings={name: sink.settings().of_deployment("test") for name, sink in SINKS.items()},
    ),
)
app = FraudApp(
    "app",
    FraudAppArgs(
        context=context,
        vpc_id=network.vpc_id,
        vpc_cidr=network.cidr,
        app_subnet_ids=network.app_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        database=oracle.app_database,
        database_security_group_id=oracle.security_group_id,
        database_ready=(oracle.ready,),
        kafka=cluster.app_kafka,
        thresholds=settings.thresholds,
        settings=AppSettings(image=f"registry.example.com/app@sha256:{'a' * 64}", ingress_cidrs=(CIDR,)),
    ),
)
handle = cluster.handle()
ConfluentStreaming(
    "streaming",
    ConfluentStreamingArgs(
        cluster=handle,
        source=make_source(oracle.connection, SourceSettings(processor_licenses=1)),
        sinks=tuple(SINKS[name].connector(connection) for name, connection in stores.connections.items()),
        settings=settings,
        topic_roles=False,
        first_payment=(app.seed,),
    ),
    pulumi.ResourceOptions(providers=[make_provider("streaming", handle)]),
)
