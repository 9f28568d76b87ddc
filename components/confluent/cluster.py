"""ConfluentCluster, the slow-changing half of Confluent Cloud: environment, cluster, Flink pool, accounts, keys."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent
from pulumi import ResourceOptions

from ..connections import AppKafka
from ..contracts import FRAUD_ALERT
from . import access
from .handle import ConfluentHandle
from .keys import KeySlots, Owner
from .private_access import PrivateAccess, PrivatePaths, make_paths
from .private_link import CLOUD, reported
from .settings import ClusterSettings


@dataclass(frozen=True, kw_only=True)
class ConfluentClusterArgs:
    """`private` is the only VPC that reaches a private cluster; None for a public one.

    `protect` prevents deletion and replacement of environment and cluster, and so of every topic.
    """

    region: str
    settings: ClusterSettings = ClusterSettings()
    private: PrivateAccess | None = None
    protect: bool = False

    def __post_init__(self) -> None:
        if self.settings.private != bool(self.private):
            raise ValueError(
                f"private is {'set' if self.private else 'None'}, connectivity {self.settings.connectivity}; set "
                "private exactly when connectivity is privatelink"
            )


class ConfluentCluster(pulumi.ComponentResource):
    """Environment with Stream Governance, Kafka cluster, Flink pool, service accounts and their keys."""

    environment: confluent.Environment
    kafka: confluent.KafkaCluster
    private: PrivatePaths
    registry_endpoint: pulumi.Output[str]
    app_kafka: AppKafka

    def __init__(self, name: str, args: ConfluentClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:confluent:ConfluentCluster", name, None, opts)
        self._name, self._args, self._settings = name, args, args.settings
        self._child = ResourceOptions(parent=self)
        self._kept = ResourceOptions(parent=self, protect=args.protect or None)
        self.environment = self._make_environment()
        self.private = self._private_paths()
        self.kafka = self._make_kafka()
        self._registry = self._find_registry()
        self.registry_endpoint = self._registry_endpoint()
        self._pool = self._make_pool()
        self._provisioner = self._account("provisioner", "Makes topics, ACLs and schemas.")
        self._deployer = self._account("flink-deployer", "Submits the Flink statements.")
        self._runner = self._account("flink-runner", "Runs the Flink statements.")
        self._app = self._account("app", "The transactions app: reads alerts, writes nothing.")
        self._organization = confluent.get_organization_output(opts=pulumi.InvokeOutputOptions(parent=self))
        self._flink_region = confluent.get_flink_region_output(
            cloud=CLOUD, region=args.region, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self._kafka_key, self._registry_key, self._flink_key = self._keys()
        self.app_kafka = self._app_kafka()
        self.register_outputs({"environment": self.environment.id, "cluster": self.kafka.id})

    def _make_environment(self) -> confluent.Environment:
        governance = confluent.EnvironmentStreamGovernanceArgs(package=self._settings.governance)
        return confluent.Environment(
            f"{self._name}-environment", display_name=self._name, stream_governance=governance, opts=self._kept
        )

    def _private_paths(self) -> PrivatePaths:
        if self._args.private is None:
            return PrivatePaths()
        return make_paths(
            self._name,
            self._args.private,
            self.environment.id,
            dedicated=self._settings.cluster_type == "dedicated",
            protect=self._args.protect,
            opts=self._child,
        )

    def _make_kafka(self) -> confluent.KafkaCluster:
        kind = self._settings.cluster_type
        return confluent.KafkaCluster(
            f"{self._name}-kafka",
            display_name=self._name,
            cloud=CLOUD,
            region=self._args.region,
            availability=self._settings.availability,
            environment=confluent.KafkaClusterEnvironmentArgs(id=self.environment.id),
            network=confluent.KafkaClusterNetworkArgs(id=self.private.network_id) if self.private.network_id else None,
            basic=confluent.KafkaClusterBasicArgs() if kind == "basic" else None,
            standard=confluent.KafkaClusterStandardArgs() if kind == "standard" else None,
            enterprises=[confluent.KafkaClusterEnterpriseArgs()] if kind == "enterprise" else None,
            dedicated=confluent.KafkaClusterDedicatedArgs(cku=self._settings.cku) if kind == "dedicated" else None,
            opts=self._kept,
        )

    def _find_registry(self) -> pulumi.Output[confluent.GetSchemaRegistryClusterResult]:
        # The environment's first cluster brings the registry, so the look-up waits for the cluster.
        return confluent.get_schema_registry_cluster_output(
            environment=self.environment.id.apply(lambda id: confluent.GetSchemaRegistryClusterEnvironmentArgs(id=id)),
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[self.kafka, *self.private.ready]),
        )

    def _registry_endpoint(self) -> pulumi.Output[str]:
        if self._args.private is None:
            return self._registry.rest_endpoint
        region = self._args.region
        return self._registry.private_regional_rest_endpoints.apply(
            lambda found: reported(found.get(region), f"private endpoint of Schema Registry in {region}")
        )

    def _make_pool(self) -> confluent.FlinkComputePool:
        return confluent.FlinkComputePool(
            f"{self._name}-flink",
            display_name=self._name,
            cloud=CLOUD,
            region=self._args.region,
            max_cfu=self._settings.max_cfu,
            environment=confluent.FlinkComputePoolEnvironmentArgs(id=self.environment.id),
            opts=self._child,
        )

    def _account(self, purpose: str, description: str) -> confluent.ServiceAccount:
        return access.make_account(f"{self._name}-{purpose}", description, self._child)

    def handle(self) -> ConfluentHandle:
        """Everything the streaming layer needs of this cluster."""
        return ConfluentHandle(
            organization_id=self._organization.id,
            environment_id=self.environment.id,
            environment_name=self.environment.display_name,
            kafka_id=self.kafka.id,
            kafka_name=self.kafka.display_name,
            kafka_crn=self.kafka.rbac_crn,
            kafka_rest_endpoint=self.kafka.rest_endpoint,
            kafka_key=self._kafka_key.id,
            kafka_secret=self._kafka_key.secret,
            registry_id=self._registry.id,
            registry_crn=self._registry.resource_name,
            registry_endpoint=self.registry_endpoint,
            registry_key=self._registry_key.id,
            registry_secret=self._registry_key.secret,
            flink_pool_id=self._pool.id,
            flink_endpoint=self._flink_endpoint(),
            flink_key=self._flink_key.id,
            flink_secret=self._flink_key.secret,
            runner_id=self._runner.id,
            app_id=self._app.id,
            ready=self.private.ready,
        )

    def _flink_endpoint(self) -> pulumi.Output[str]:
        """Flink accepts a private cluster's statements only at the private endpoint."""
        if self._args.private is None:
            return self._flink_region.rest_endpoint
        return self._flink_region.private_rest_endpoint

    def _bind(
        self, name: str, account: confluent.ServiceAccount, role: str, crn: pulumi.Input[str]
    ) -> confluent.RoleBinding:
        return access.bind(f"{self._name}-{name}", account.id, role, crn, self._child)

    def _keys(self) -> tuple[KeySlots, KeySlots, KeySlots]:
        admin = self._bind("provisioner-cluster-admin", self._provisioner, access.CLUSTER_ADMIN, self.kafka.rbac_crn)
        subjects = pulumi.Output.concat(self._registry.resource_name, "/subject=*")
        schemas = self._bind("provisioner-schemas", self._provisioner, "ResourceOwner", subjects)
        developer = self._bind(
            "deployer-flink-developer", self._deployer, "FlinkDeveloper", self.environment.resource_name
        )
        runner = pulumi.Output.concat(self._organization.resource_name, "/service-account=", self._runner.id)
        assigner = self._bind("deployer-assigner", self._deployer, "Assigner", runner)
        registry = self._registry_owner()
        region = self._flink_region
        flink = Owner(id=region.id, api_version=region.api_version, kind=region.kind)
        return (
            self._key("provisioner-kafka", self._provisioner, self._kafka_owner(), [admin, *self.private.ready]),
            self._key("provisioner-registry", self._provisioner, registry, [schemas]),
            self._key("deployer-flink", self._deployer, flink, [developer, assigner]),
        )

    def _app_kafka(self) -> AppKafka:
        """The app reads the alerts and, in the registry, only their schema."""
        kafka = self._key("app-kafka", self._app, self._kafka_owner(), [*self.private.ready])
        subject = pulumi.Output.concat(self._registry.resource_name, f"/subject={FRAUD_ALERT.topic}-value")
        reads = self._bind("app-alert-schema", self._app, "DeveloperRead", subject)
        registry = self._key("app-registry", self._app, self._registry_owner(), [reads])
        return AppKafka(
            bootstrap=self.kafka.bootstrap_endpoint,
            key=kafka.id,
            secret=kafka.secret,
            registry_url=self.registry_endpoint,
            registry_key=registry.id,
            registry_secret=registry.secret,
            private=self._args.private is not None,
        )

    def _registry_owner(self) -> Owner:
        return Owner(id=self._registry.id, api_version=self._registry.api_version, kind=self._registry.kind)

    def _kafka_owner(self) -> Owner:
        return Owner(id=self.kafka.id, api_version=self.kafka.api_version, kind=self.kafka.kind)

    def _key(
        self, name: str, account: confluent.ServiceAccount, resource: Owner, after: list[pulumi.Resource]
    ) -> KeySlots:
        return KeySlots(
            f"{self._name}-{name}",
            account=account,
            resource=resource,
            environment_id=self.environment.id,
            slots=self._settings.slots,
            opts=ResourceOptions(parent=self, depends_on=after),
        )
