"""Create the transactions app from the settings."""

from __future__ import annotations

from components.confluent.cluster import ConfluentCluster
from components.fraud_app.app import FraudApp
from components.fraud_app.args import EPISODE_HOURS, FraudAppArgs
from components.oracle.host import OracleHost
from stacks.aws import AwsBase
from stacks.settings import Settings


def make_app(settings: Settings, base: AwsBase, cluster: ConfluentCluster, oracle: OracleHost) -> FraudApp:
    """The app, which writes payments to Oracle and reads alerts from Kafka."""
    network = base.network
    args = FraudAppArgs(
        context=base.context,
        vpc_id=network.vpc_id,
        app_subnet_ids=network.app_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        vpc_cidr=network.cidr,
        network_ready=network.internet_ready,
        api_cidrs=settings.general.operator_cidrs,
        zone_spread="required" if settings.general.production else "preferred",
        database=oracle.app_database,
        database_security_group_id=oracle.security_group_id,
        database_ready=(oracle.ready,),
        kafka=cluster.app_kafka,
        thresholds={**settings.streaming.thresholds, EPISODE_HOURS: settings.streaming.episode_hours},
        build_context="app",
        settings=settings.app,
        operators=settings.app.operators,
    )
    return FraudApp(f"{base.name}-app", args, base.options)
