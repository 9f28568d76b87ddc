"""ConfluentCluster, the slow-changing half of Confluent Cloud: environment, cluster, Flink pool, accounts, keys."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_confluentcloud as confluent
from pulumi import ResourceOptions

from components.confluent.keys import KeySlots, Owner

CLOUD = "AWS"
CLUSTER_TYPES = ("basic", "standard", "enterprise", "dedicated")


@dataclass(frozen=True, kw_only=True)
class ConfluentClusterArgs:
    """`availability` is SINGLE_ZONE, MULTI_ZONE, LOW or HIGH; `cku` counts for dedicated clusters only."""

    region: str
    cluster_type: str = "basic"
    availability: str = "SINGLE_ZONE"
    cku: int = 0
    governance: str = "ESSENTIALS"
    max_cfu: int = 10
    key_slots: tuple[str, ...] = ("a",)
    active_key_slot: str = "a"

    def __post_init__(self) -> None:
        if self.cluster_type not in CLUSTER_TYPES:
            raise ValueError(f"cluster_type is {self.cluster_type!r}; set it to one of {', '.join(CLUSTER_TYPES)}")
        if (self.cluster_type == "dedicated") != (self.cku > 0):
            raise ValueError(f"cku is {self.cku}; a dedicated cluster needs 1 or more, every other type 0")


class ConfluentCluster(pulumi.ComponentResource):
    """Environment with Stream Governance, Kafka cluster, Flink pool, the accounts that deploy and run, their keys."""

    def __init__(self, name: str, args: ConfluentClusterArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:confluent:ConfluentCluster", name, None, opts)
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        self.environment = self._environment()
        self.kafka = self._kafka()
        self.registry = self._registry()
        self.pool = self._pool()
        self.provisioner = self._account("provisioner", "Makes topics, ACLs and schemas.")
        self.deployer = self._account("flink-deployer", "Submits the Flink statements.")
        self.runner = self._account("flink-runner", "Runs the Flink statements.")
        self.organization = confluent.get_organization_output(opts=pulumi.InvokeOutputOptions(parent=self))
        self.flink_region = confluent.get_flink_region_output(
            cloud=CLOUD, region=args.region, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        self.kafka_key, self.registry_key, self.flink_key = self._keys()
        self.register_outputs({"environment": self.environment.id, "cluster": self.kafka.id})

    def _environment(self) -> confluent.Environment:
        governance = confluent.EnvironmentStreamGovernanceArgs(package=self._args.governance)
        return confluent.Environment(
            f"{self._name}-environment", display_name=self._name, stream_governance=governance, opts=self._child
        )

    def _kafka(self) -> confluent.KafkaCluster:
        kind = self._args.cluster_type
        return confluent.KafkaCluster(
            f"{self._name}-kafka",
            display_name=self._name,
            cloud=CLOUD,
            region=self._args.region,
            availability=self._args.availability,
            environment=confluent.KafkaClusterEnvironmentArgs(id=self.environment.id),
            basic=confluent.KafkaClusterBasicArgs() if kind == "basic" else None,
            standard=confluent.KafkaClusterStandardArgs() if kind == "standard" else None,
            enterprises=[confluent.KafkaClusterEnterpriseArgs()] if kind == "enterprise" else None,
            dedicated=confluent.KafkaClusterDedicatedArgs(cku=self._args.cku) if kind == "dedicated" else None,
            opts=self._child,
        )

    def _registry(self) -> pulumi.Output[confluent.GetSchemaRegistryClusterResult]:
        # The registry appears with the first cluster of an environment, so the look-up waits for that.
        return confluent.get_schema_registry_cluster_output(
            environment=self.environment.id.apply(lambda id: confluent.GetSchemaRegistryClusterEnvironmentArgs(id=id)),
            opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[self.kafka]),
        )

    def _pool(self) -> confluent.FlinkComputePool:
        return confluent.FlinkComputePool(
            f"{self._name}-flink",
            display_name=self._name,
            cloud=CLOUD,
            region=self._args.region,
            max_cfu=self._args.max_cfu,
            environment=confluent.FlinkComputePoolEnvironmentArgs(id=self.environment.id),
            opts=self._child,
        )

    def _account(self, purpose: str, description: str) -> confluent.ServiceAccount:
        return confluent.ServiceAccount(
            f"{self._name}-{purpose}",
            display_name=f"{self._name}-{purpose}",
            description=description,
            opts=self._child,
        )

    def bind(self, name: str, account: confluent.ServiceAccount, role: str, crn: pulumi.Input[str]):
        """Give an account a role on everything that a CRN pattern names."""
        return confluent.RoleBinding(
            f"{self._name}-{name}",
            principal=pulumi.Output.concat("User:", account.id),
            role_name=role,
            crn_pattern=crn,
            opts=self._child,
        )

    def _keys(self) -> tuple[KeySlots, KeySlots, KeySlots]:
        admin = self.bind("provisioner-cluster-admin", self.provisioner, "CloudClusterAdmin", self.kafka.rbac_crn)
        subjects = pulumi.Output.concat(self.registry.resource_name, "/subject=*")
        schemas = self.bind("provisioner-schemas", self.provisioner, "ResourceOwner", subjects)
        developer = self.bind(
            "deployer-flink-developer", self.deployer, "FlinkDeveloper", self.environment.resource_name
        )
        runner = pulumi.Output.concat(self.organization.resource_name, "/service-account=", self.runner.id)
        assigner = self.bind("deployer-assigner", self.deployer, "Assigner", runner)
        kafka = Owner(id=self.kafka.id, api_version=self.kafka.api_version, kind=self.kafka.kind)
        registry = Owner(id=self.registry.id, api_version=self.registry.api_version, kind=self.registry.kind)
        flink = Owner(id=self.flink_region.id, api_version=self.flink_region.api_version, kind=self.flink_region.kind)
        return (
            self.key("provisioner-kafka", self.provisioner, kafka, [admin]),
            self.key("provisioner-registry", self.provisioner, registry, [schemas]),
            self.key("deployer-flink", self.deployer, flink, [developer, assigner]),
        )

    def key(
        self, name: str, account: confluent.ServiceAccount, resource: Owner, after: list[pulumi.Resource]
    ) -> KeySlots:
        """API keys of an account for one resource, one key a slot."""
        return KeySlots(
            f"{self._name}-{name}",
            account=account,
            resource=resource,
            environment_id=self.environment.id,
            slots=self._args.key_slots,
            active=self._args.active_key_slot,
            opts=ResourceOptions(parent=self, depends_on=after),
        )
