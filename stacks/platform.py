"""The slow-changing layer: network, Oracle, Confluent cluster, the sinks' stores, the app."""

from __future__ import annotations

import dataclasses

import pulumi
import pulumi_aws as aws

from components.confluent.cluster import ConfluentCluster, ConfluentClusterArgs
from components.confluent.private_access import PrivateAccess
from components.confluent.private_egress import PrivateEgress, PrivateEgressArgs
from components.connections import OracleConnection
from components.monitoring.monitoring import Monitoring, MonitoringArgs
from components.network.private_link_endpoint import VpcPlacement
from components.oracle.host import OracleHost, OracleHostArgs
from stacks import platform_outputs
from stacks.app import make_app
from stacks.aws import AwsBase, make_aws_base
from stacks.platform_outputs import PlatformOutputs
from stacks.settings import Settings
from stacks.stores import make_stores

# The current Amazon Linux 2023. A host keeps the image of its creation.
AMI = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
# The database's name for connectors that use PrivateLink; only they resolve it.
PRIVATE_HOST = "oracle.fraud.internal"


def compose(settings: Settings) -> None:
    """The platform as its own stack, whose outputs the streaming layer reads."""
    platform_outputs.export(make_platform(settings))


def make_platform(settings: Settings) -> PlatformOutputs:
    """Create everything that changes slowly, and return the values that the streaming layer needs."""
    base = make_aws_base(settings)
    cluster = _confluent(settings, base)
    oracle = _oracle(settings, base)
    stores = make_stores(settings, base)
    app = make_app(settings, base, cluster, oracle)
    monitoring = MonitoringArgs(
        context=base.context,
        alarms=[*base.network.alarms, *oracle.alarms, *stores.alarms, *app.alarms],
        deployment=settings.general.deployment,
        settings=settings.monitoring,
    )
    pulumi.export("alarmTopic", Monitoring(f"{base.name}-monitoring", monitoring, base.options).topic_arn)
    pulumi.export("appUrl", app.url)
    pulumi.export("loadBalancerHost", app.load_balancer_host)
    pulumi.export("kubeconfig", app.kubeconfig)
    pulumi.export("apiKeys", app.api_keys)
    for name, value in stores.outputs.items():
        pulumi.export(name, value)
    pulumi.export("environment", cluster.environment.id)
    pulumi.export("kafkaCluster", cluster.kafka.id)
    pulumi.export("bootstrapEndpoint", cluster.kafka.bootstrap_endpoint)
    return PlatformOutputs(
        confluent=cluster.handle(),
        oracle=_connection(settings, base, cluster, oracle),
        sinks=stores.connections,
        first_payment=(app.seed,),
    )


def _confluent(settings: Settings, base: AwsBase) -> ConfluentCluster:
    args = ConfluentClusterArgs(
        region=settings.general.region,
        settings=settings.confluent,
        private=_private_access(settings, base) if settings.confluent.private else None,
        protect=settings.general.production,
    )
    return ConfluentCluster(base.name, args, base.options)


def _private_access(settings: Settings, base: AwsBase) -> PrivateAccess:
    placement = VpcPlacement(
        region=settings.general.region,
        vpc_id=base.network.vpc_id,
        vpc_cidr=base.network.cidr,
        subnet_ids=base.network.app_subnet_ids,
    )
    options = pulumi.InvokeOutputOptions(provider=base.provider)
    zone_ids = {zone: aws.get_availability_zone_output(name=zone, opts=options).zone_id for zone in base.network.zones}
    return PrivateAccess(placement=placement, account_id=base.context.account_id, zone_ids=zone_ids)


def _oracle(settings: Settings, base: AwsBase) -> OracleHost:
    network, private = base.network, settings.confluent.private
    ami = aws.ssm.get_parameter_output(name=AMI, opts=pulumi.InvokeOutputOptions(provider=base.provider))
    args = OracleHostArgs(
        context=base.context,
        vpc_id=network.vpc_id,
        subnet_id=network.data_subnet_ids[0],
        availability_zone=network.zones[0],
        listener_subnet_ids=network.app_subnet_ids if private else network.public_subnet_ids,
        confluent_prefix_list_id=None if private else network.confluent_prefix_list_id,
        network_ready=network.internet_ready,
        ami_id=ami.insecure_value,
        settings=settings.oracle,
    )
    return OracleHost(f"{base.name}-oracle", args, base.options)


def _connection(settings: Settings, base: AwsBase, cluster: ConfluentCluster, oracle: OracleHost) -> OracleConnection:
    """The connectors' connection to the database, from the internet or through PrivateLink."""
    if not settings.confluent.private:
        return oracle.connection
    args = PrivateEgressArgs(
        environment_id=cluster.environment.id,
        region=settings.general.region,
        host=PRIVATE_HOST,
        load_balancer_arn=oracle.load_balancer_arn,
        gateway=cluster.private.egress_gateway,
    )
    egress = PrivateEgress(f"{base.name}-egress", args, base.options)
    return dataclasses.replace(oracle.connection, host=egress.host, ready=(*oracle.connection.ready, *egress.ready))
