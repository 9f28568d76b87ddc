"""The transactions app on its cluster, as the settings ask for it."""

from __future__ import annotations

from components.confluent.cluster import ConfluentCluster
from components.fraud_app.app import FraudApp
from components.fraud_app.args import AppDatabase, AppKafka, FraudAppArgs
from components.oracle.host import OracleHost
from stacks.aws_context import AwsContext
from stacks.settings import Settings


def make_app(settings: Settings, context: AwsContext, cluster: ConfluentCluster, oracle: OracleHost) -> FraudApp:
    """The app: it writes payments to Oracle, knows the rules' own thresholds and reads the alerts back from Kafka."""
    app, network = settings.app, context.network
    args = FraudAppArgs(
        region=settings.general.region,
        vpc_id=network.vpc_id,
        app_subnet_ids=network.app_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
        vpc_cidr=network.cidr,
        network_ready=network.internet_ready,
        kubernetes_version=app.kubernetes_version,
        api_cidrs=app.api_cidrs,
        admin_role_arns=app.admin_role_arns,
        kms_key_arn=context.key.arn,
        image=app.image,
        ingress_cidrs=app.ingress_cidrs,
        certificate_arn=app.certificate_arn,
        hostname=app.hostname,
        min_replicas=app.min_replicas,
        max_replicas=app.max_replicas,
        zone_spread="required" if settings.general.production else "preferred",
        generator_rate=app.generator_rate,
        database=_database(oracle),
        database_security_group_id=oracle.security_group_id,
        database_ready=(oracle.ready,),
        kafka=_kafka(settings, cluster),
        rules={name: str(value) for name, value in settings.rules.sql_variables().items()},
        log_retention_days=settings.network.log_retention_days,
        protect=settings.general.production,
    )
    return FraudApp(f"{context.name}-app", args, context.options)


def _database(oracle: OracleHost) -> AppDatabase:
    return AppDatabase(
        host=oracle.private_host,
        port=oracle.port,
        service=oracle.service_name,
        user=oracle.app_user,
        password=oracle.app_password,
    )


def _kafka(settings: Settings, cluster: ConfluentCluster) -> AppKafka:
    return AppKafka(
        bootstrap=cluster.kafka.bootstrap_endpoint,
        key=cluster.app_key.id,
        secret=cluster.app_key.secret,
        registry_url=cluster.registry_endpoint,
        registry_key=cluster.app_registry_key.id,
        registry_secret=cluster.app_registry_key.secret,
        private=settings.confluent.private,
    )
