"""A network and an OpenSearch domain for alerts, with the installed package."""

import pulumi
import pulumi_aws as aws
from pulumi_fraud_detection.aws_context import AwsContext
from pulumi_fraud_detection.encryption import EncryptionKey, EncryptionKeyArgs
from pulumi_fraud_detection.network.egress import confluent_egress_prefixes
from pulumi_fraud_detection.network.settings import NetworkSettings
from pulumi_fraud_detection.network.stack import NetworkStack, NetworkStackArgs
from pulumi_fraud_detection.sinks.opensearch.settings import OpenSearchSettings
from pulumi_fraud_detection.sinks.opensearch.store import OpenSearchTarget, OpenSearchTargetArgs

config = pulumi.Config()
region = config.require("region")
account_id = aws.get_caller_identity_output().account_id
prefixes = confluent_egress_prefixes(region)

key = EncryptionKey("fraud", EncryptionKeyArgs(account_id=account_id, region=region))
context = AwsContext(region=region, account_id=account_id, kms_key_arn=key.arn)
network = NetworkStack(
    "fraud-network",
    NetworkStackArgs(
        context=context,
        confluent_prefixes=prefixes,
        settings=NetworkSettings(availability_zones=("a", "b")),
    ),
)
search = OpenSearchTarget(
    "fraud-opensearch",
    OpenSearchTargetArgs(
        context=context,
        confluent_prefixes=prefixes,
        operator_cidrs=(config.require("operatorCidr"),),
        nat_addresses=network.nat_addresses,
        settings=OpenSearchSettings(volume_gib=30),
    ),
)

pulumi.export("vpcId", network.vpc_id)
pulumi.export("dashboardsUrl", search.dashboards_url)
