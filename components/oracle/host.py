"""OracleHost: Oracle XE on a private host with a data volume, for Confluent Cloud and the app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions
from pulumi_command import local

from ..aws_context import AwsContext
from ..connections import ORACLE_PORT, AppDatabase, OracleConnection
from ..local_commands import command_line
from ..log_groups import make_log_group
from ..network.ranges import ANYWHERE
from ..network.security import Peer, allow_egress, make_group
from . import document
from .alarms import host_alarms
from .identity import HostIdentity
from .listener import OracleListener
from .names import APP_USER, PDB, XSTREAM_USER
from .passwords import OraclePasswords
from .settings import OracleSettings
from .snapshots import make_snapshots


@dataclass(frozen=True, kw_only=True)
class OracleHostArgs:
    """`subnet_id` is a private subnet of `availability_zone` with internet access (image, packages, SSM).

    `listener_subnet_ids` are public if Confluent Cloud connects from `confluent_prefix_list_id`, and private if that is
    None and Confluent connects through PrivateLink. The first boot and the load balancer need the routes in
    `network_ready`. `snapshots_kept` counts daily snapshots; 0 means none.
    """

    context: AwsContext
    vpc_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    availability_zone: str
    listener_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    ami_id: pulumi.Input[str]
    network_ready: Sequence[pulumi.Resource] = ()
    confluent_prefix_list_id: pulumi.Input[str] | None = None
    snapshots_kept: int = 7
    settings: OracleSettings = OracleSettings()

    def __post_init__(self) -> None:
        problems = list[str]()
        if not self.availability_zone.startswith(self.context.region):
            problems.append(
                f"availability_zone is {self.availability_zone!r}; set it to a zone of {self.context.region}"
            )
        if not self.listener_subnet_ids:
            problems.append("listener_subnet_ids is empty; set at least one for the load balancer")
        if self.snapshots_kept < 0:
            problems.append(f"snapshots_kept is {self.snapshots_kept}; set it to 0 (none) or more")
        if problems:
            raise ValueError("; ".join(problems))


class OracleHost(pulumi.ComponentResource):
    """The database, ready for change data capture.

    `connection` is for Confluent Cloud, `app_database` for clients in the VPC, which open `security_group_id` to
    themselves. Passwords are known only after the database has them.
    """

    def __init__(self, name: str, args: OracleHostArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:oracle:OracleHost", name, None, opts)
        self._name, self._args, self._child = name, args, ResourceOptions(parent=self)
        self._passwords = OraclePasswords(name, slots=args.settings.slots, context=args.context, parent=self)
        self._log_group = make_log_group(f"{name}-log", f"/oracle/{name}", args.context, self._child)
        group = make_group(f"{name}-sg", args.vpc_id, "Oracle host", self._child)
        self.security_group_id: pulumi.Output[str] = group.id
        self._instance = self._make_instance()
        self._volume, self._attachment = self._make_volume()
        listener = self._make_listener()
        self.ready = self._bootstrap()
        self.host: pulumi.Output[str] = listener.dns_name
        self.load_balancer_arn: pulumi.Output[str] = listener.arn
        self.alarms = host_alarms(
            instance_id=self._instance.id,
            volume_id=self._volume.id,
            balancer=listener.balancer_metrics,
            targets=listener.target_metrics,
        )
        self.app_database = AppDatabase(
            host=self._instance.private_dns, service=PDB, user=APP_USER, password=self._once_set(APP_USER)
        )
        self.connection = OracleConnection(
            host=self.host,
            port=ORACLE_PORT,
            user=XSTREAM_USER.lower(),
            password=self._once_set(XSTREAM_USER),
            ready=(*listener.ready, self.ready),
        )
        self.register_outputs({"host": self.host, "privateHost": self.app_database.host})

    def _make_identity(self) -> HostIdentity:
        return HostIdentity(
            self._name,
            secret_arn=self._passwords.secret.arn,
            kms_key_arn=self._args.context.kms_key_arn,
            log_group_arn=self._log_group.arn,
            region=self._args.context.region,
            account_id=self._args.context.account_id,
            parent=self,
        )

    def _allow_https(self) -> pulumi.Resource:
        return allow_egress(
            f"{self._name}-to-https",
            group_id=self.security_group_id,
            peer=Peer(cidr=ANYWHERE),
            port=443,
            description="Systems Manager, packages and the container image",
            opts=self._child,
        )

    def _make_instance(self) -> aws.ec2.Instance:
        args, identity = self._args, self._make_identity()
        return aws.ec2.Instance(
            self._name,
            ami=args.ami_id,
            instance_type=args.settings.instance_type,
            subnet_id=args.subnet_id,
            vpc_security_group_ids=[self.security_group_id],
            associate_public_ip_address=False,
            iam_instance_profile=identity.profile.name,
            # One hop, so that the container cannot get the host's credentials.
            metadata_options=aws.ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
            ),
            root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(
                encrypted=True, kms_key_id=args.context.kms_key_arn, volume_type="gp3", volume_size=30
            ),
            ebs_optimized=True,
            monitoring=True,
            tags={"Name": self._name},
            # A newer AMI must not replace the host. The agent registers only with its rules and rights in place.
            opts=ResourceOptions(
                parent=self,
                ignore_changes=["ami"],
                depends_on=[*identity.ready, self._allow_https(), *args.network_ready],
            ),
        )

    def _make_volume(self) -> tuple[aws.ebs.Volume, aws.ec2.VolumeAttachment]:
        """The data volume, which outlives the host: a new host gets the same volume."""
        args, volume_name = self._args, f"{self._name}-data"
        volume = aws.ebs.Volume(
            volume_name,
            availability_zone=args.availability_zone,
            type="gp3",
            size=args.settings.volume_gib,
            encrypted=True,
            kms_key_id=args.context.kms_key_arn,
            final_snapshot=args.context.protect,
            tags={"Name": volume_name},
            opts=ResourceOptions(parent=self, protect=args.context.protect or None),
        )
        attachment = aws.ec2.VolumeAttachment(
            f"{volume_name}-attachment",
            device_name="/dev/sdf",
            instance_id=self._instance.id,
            volume_id=volume.id,
            stop_instance_before_detaching=True,
            # A volume can be attached to only one host at a time.
            opts=ResourceOptions(parent=self, delete_before_replace=True),
        )
        if args.snapshots_kept:
            make_snapshots(self._name, volume_name, args.snapshots_kept, self)
        return volume, attachment

    def _make_listener(self) -> OracleListener:
        return OracleListener(
            self._name,
            vpc_id=self._args.vpc_id,
            subnet_ids=self._args.listener_subnet_ids,
            confluent_prefix_list_id=self._args.confluent_prefix_list_id,
            host_group_id=self.security_group_id,
            instance_id=self._instance.id,
            network_ready=self._args.network_ready,
            parent=self,
        )

    def _bootstrap(self) -> local.Command:
        """Run the document on the host and wait; run it again for new files, host, volume or passwords."""
        region, settings = self._args.context.region, self._args.settings
        bootstrap = document.build(region=region, image=settings.image, recovery_gib=settings.volume_gib // 2)
        carrier = aws.ssm.Document(
            f"{self._name}-bootstrap", document_type="Command", content=bootstrap.content, opts=self._child
        )
        parameters = {"SecretArn": [self._passwords.secret.arn], "VolumeId": [self._volume.id]}
        return local.Command(
            f"{self._name}-ready",
            create=command_line("oracle.wait"),
            dir=".",
            environment={
                "REGION": region,
                "INSTANCE_ID": self._instance.id,
                "DOCUMENT_NAME": carrier.name,
                "DOCUMENT_VERSION": carrier.latest_version,
                "BOOTSTRAP_VERSION": bootstrap.version,
                "PARAMETERS": pulumi.Output.json_dumps(parameters),
                "LOG_GROUP": self._log_group.name,
            },
            triggers=[
                bootstrap.version,
                self._instance.id,
                self._volume.id,
                settings.slots.active,
                self._passwords.version.version_id,
            ],
            opts=ResourceOptions(
                parent=self,
                depends_on=[self._attachment],
                custom_timeouts=pulumi.CustomTimeouts(create="75m", update="75m"),
            ),
        )

    def _once_set(self, user: str) -> pulumi.Output[str]:
        """A user's password, known only after the bootstrap has set it in the database."""
        return pulumi.Output.all(self._passwords.active[user], self.ready.id).apply(lambda values: values[0])
