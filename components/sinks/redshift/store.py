"""RedshiftTarget: the warehouse of users and payments, and the sink connector's database users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import ResourceOptions

from ...aws_context import AwsContext
from ...log_groups import make_log_group
from ...network.security import Peer, allow_ingress, make_group
from ..base import Store
from . import sql as redshift_sql
from .alarms import cluster_alarms
from .connector import REDSHIFT_PORT, RedshiftConnection
from .schedule import make_schedule
from .settings import RedshiftSettings

ADMIN_USER = "fraud_admin"
SNAPSHOT_DAYS = 7
LOGS = ("connectionlog", "useractivitylog", "userlog")


@dataclass(frozen=True, kw_only=True)
class RedshiftTargetArgs:
    """With `confluent_prefix_list_id`, the endpoint is public, in public subnets, and open only to that list.

    The deployer needs `redshift-data:ExecuteStatement` and `DescribeStatement` on the cluster, and
    `secretsmanager:GetSecretValue` on its admin secret. A protected cluster leaves a final snapshot when it is
    destroyed after `pulumi state unprotect`; deploying `protect: False` first would skip the snapshot.
    """

    context: AwsContext
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    confluent_prefix_list_id: pulumi.Input[str] | None = None
    # AWS needs the internet gateway for a public cluster, and does not delete it before the cluster.
    network_ready: Sequence[pulumi.Resource] = ()
    settings: RedshiftSettings = RedshiftSettings()


class RedshiftTarget(Store):
    """An encrypted cluster with mandatory TLS, audit logs, and one sink user per slot."""

    connection: RedshiftConnection

    def __init__(self, name: str, args: RedshiftTargetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:sinks:RedshiftTarget", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self._group = make_group(f"{name}-group", args.vpc_id, "Redshift", self._child)
        # No egress rule: the connector delivers the data, and nothing is loaded or unloaded.
        ingress = self._allow_connector()
        self._cluster = self._make_cluster()
        self._log()
        settings = args.settings
        if settings.pause and settings.resume:
            make_schedule(name, settings.pause, settings.resume, self._cluster, self._child)
        passwords = self._passwords()
        self.connection = RedshiftConnection(
            host=self._cluster.dns_name,  # `endpoint` carries the port
            user=redshift_sql.user(settings.slots.active),
            password=passwords[settings.slots.active].result,
            database=settings.database,
            ready=[*ingress, self._set_up(passwords)],
        )
        self.alarms = cluster_alarms(self._cluster.cluster_identifier)
        self.register_outputs({"host": self.connection.host, "user": self.connection.user})

    def _make_cluster(self) -> aws.redshift.Cluster:
        args, context, settings, name = self._args, self._args.context, self._args.settings, self._name
        return aws.redshift.Cluster(
            f"{name}-cluster",
            cluster_identifier=name,
            node_type=settings.node_type,
            cluster_type="single-node" if settings.nodes == 1 else "multi-node",
            number_of_nodes=settings.nodes,
            database_name=settings.database,
            master_username=ADMIN_USER,
            manage_master_password=True,
            master_password_secret_kms_key_id=context.kms_key_arn,
            encrypted="true",
            kms_key_id=context.kms_key_arn,
            port=REDSHIFT_PORT,
            publicly_accessible=args.confluent_prefix_list_id is not None,
            enhanced_vpc_routing=True,
            vpc_security_group_ids=[self._group.id],
            cluster_subnet_group_name=self._subnets().name,
            cluster_parameter_group_name=self._parameters().name,
            automated_snapshot_retention_period=SNAPSHOT_DAYS,
            skip_final_snapshot=not context.protect,
            final_snapshot_identifier=self._final_snapshot() if context.protect else None,
            tags={"Name": name},
            opts=ResourceOptions(
                parent=self,
                protect=context.protect or None,
                depends_on=list(args.network_ready),
                # The fixed name prevents a second cluster beside it.
                delete_before_replace=True,
            ),
        )

    def _allow_connector(self) -> list[pulumi.Resource]:
        if self._args.confluent_prefix_list_id is None:
            return []
        rule = allow_ingress(
            f"{self._name}-from-confluent",
            group_id=self._group.id,
            peer=Peer(prefix_list_id=self._args.confluent_prefix_list_id),
            port=REDSHIFT_PORT,
            description="Sink connector from Confluent Cloud",
            opts=self._child,
        )
        return [rule]

    def _subnets(self) -> aws.redshift.SubnetGroup:
        return aws.redshift.SubnetGroup(
            f"{self._name}-subnets",
            name=self._name,
            description=f"Subnets of {self._name}",
            subnet_ids=self._args.subnet_ids,
            opts=self._child,
        )

    def _parameters(self) -> aws.redshift.ParameterGroup:
        settings = {"require_ssl": "true", "enable_user_activity_logging": "true"}
        return aws.redshift.ParameterGroup(
            f"{self._name}-parameters",
            name=self._name,
            family="redshift-1.0",
            description=f"Settings of {self._name}",
            parameters=[
                aws.redshift.ParameterGroupParameterArgs(name=name, value=value) for name, value in settings.items()
            ],
            opts=self._child,
        )

    def _final_snapshot(self) -> pulumi.Output[str]:
        # Snapshots outlive the stack, so a fixed name could already exist.
        suffix = random.RandomId(f"{self._name}-final", byte_length=4, opts=self._child)
        return pulumi.Output.concat(self._name, "-final-", suffix.hex)

    def _log(self) -> None:
        # Otherwise Redshift creates these groups itself, unencrypted and without expiry.
        groups = [
            make_log_group(
                f"{self._name}-{kind}",
                f"/aws/redshift/cluster/{self._name}/{kind}",
                self._args.context,
                self._child,
            )
            for kind in LOGS
        ]
        aws.redshift.Logging(
            f"{self._name}-logging",
            cluster_identifier=self._cluster.cluster_identifier,
            log_destination_type="cloudwatch",
            log_exports=list(LOGS),
            opts=ResourceOptions(parent=self, depends_on=groups),
        )

    def _passwords(self) -> dict[str, random.RandomPassword]:
        return {
            slot: random.RandomPassword(
                f"{self._name}-password-{slot}",
                length=40,
                special=False,
                min_lower=1,
                min_upper=1,
                min_numeric=1,
                opts=self._child,
            )
            for slot in self._args.settings.slots.names
        }

    def _set_up(self, passwords: dict[str, random.RandomPassword]) -> pulumi.Resource:
        """Run the statements in sequence, because concurrent changes of users conflict in the catalogue.

        Nothing is undone on delete: schema and users go with the cluster. A removed slot's user loses its password.
        """
        slots = self._args.settings.slots
        procedure = self._run("procedure", redshift_sql.procedure(slots), after=None)
        last = self._run("call", redshift_sql.call(slots), after=procedure)
        for slot, password in passwords.items():
            salt = random.RandomId(f"{self._name}-salt-{slot}", byte_length=redshift_sql.SALT_BYTES, opts=self._child)
            sql = pulumi.Output.secret(
                pulumi.Output.all(password.result, salt.hex).apply(
                    lambda known, slot=slot: redshift_sql.set_password(slot, *known)
                )
            )
            last = self._run(f"password-{slot}", sql, after=last)
        return last

    def _run(self, step: str, sql: pulumi.Input[str], after: pulumi.Resource | None) -> aws.redshiftdata.Statement:
        # A new cluster of the same name has a new admin secret, which replaces the statements and reruns them.
        # The Data API forgets a statement after a day, so a refresh may rerun it.
        return aws.redshiftdata.Statement(
            f"{self._name}-sql-{step}",
            cluster_identifier=self._cluster.cluster_identifier,
            database=self._args.settings.database,
            secret_arn=self._cluster.master_password_secret_arn,
            statement_name=f"{self._name}-{step}",
            sql=sql,
            opts=ResourceOptions(parent=self, depends_on=[after] if after else None),
        )
