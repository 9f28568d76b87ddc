"""OpenSearchTarget: the domain that the analysts search, and the command that creates its content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_command import local

from ...aws_context import AwsContext
from ...local_commands import command_line
from ...log_groups import make_log_group
from ...network.egress import given_prefix_problems
from ...network.ranges import range_problems
from ..allow_list import admitted
from ..base import Store
from .access import access_policy, log_policy
from .alarms import domain_alarms
from .connector import OpenSearchConnection
from .definition import definition, user
from .settings import OpenSearchSettings

# Amazon's names of the domain's logs. The indices' settings have the thresholds of the slow logs.
LOGS = {
    "audit": "AUDIT_LOGS",
    "application": "ES_APPLICATION_LOGS",
    "search-slow": "SEARCH_SLOW_LOGS",
    "index-slow": "INDEX_SLOW_LOGS",
}
DOMAIN_NAME = re.compile(r"[a-z][a-z0-9-]{2,27}")
MASTER_USER = "fraud-master"
# Amazon installs updates in the ten hours from this one, UTC.
UPDATE_HOUR = 2


@dataclass(frozen=True, kw_only=True)
class OpenSearchTargetArgs:
    """A public domain admits only these addresses.

    `confluent_prefixes` are for the connector, `operator_cidrs` for people and `pulumi up`, and `nat_addresses`
    (without a prefix length) for the app.
    """

    context: AwsContext
    confluent_prefixes: pulumi.Input[Sequence[str]]
    operator_cidrs: Sequence[str]
    nat_addresses: pulumi.Input[Sequence[pulumi.Input[str]]] = ()
    settings: OpenSearchSettings = OpenSearchSettings()

    def __post_init__(self) -> None:
        problems = range_problems("operator_cidrs", self.operator_cidrs)
        if not self.operator_cidrs:
            problems.append("operator_cidrs is empty; name the addresses of people and of `pulumi up`")
        problems += given_prefix_problems(self.confluent_prefixes)
        if problems:
            raise ValueError("; ".join(problems))


class OpenSearchTarget(Store):
    """An encrypted domain with internal users, two indices that the connector may write, and the dashboard."""

    connection: OpenSearchConnection
    dashboards_url: pulumi.Output[str]

    def __init__(self, name: str, args: OpenSearchTargetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("fraud:sinks:OpenSearchTarget", name, None, opts)
        if not DOMAIN_NAME.fullmatch(name):
            raise ValueError(f"the domain's name is {name!r}; use 3 to 28 of a-z, 0-9 and -, a letter first")
        self._name, self._args = name, args
        self._child = ResourceOptions(parent=self)
        context, slots = args.context, args.settings.slots
        self._arn = pulumi.Output.concat("arn:aws:es:", context.region, ":", context.account_id, ":domain/", name)
        self._master = self._password("master")
        self._domain = self._make_domain()
        url = pulumi.Output.concat("https://", self._domain.endpoint)
        passwords = {slot: self._password(slot) for slot in slots.names}
        self.connection = OpenSearchConnection(
            url=url,
            user=user(slots.active),
            password=passwords[slots.active].result,
            ready=[self._set_up(url, passwords)],
        )
        self.dashboards_url = pulumi.Output.concat(url, "/_dashboards")
        self.outputs = {"dashboardsUrl": self.dashboards_url}
        self.alarms = domain_alarms(name, context.account_id, args.settings.volume_gib)
        self.register_outputs({"url": url, "dashboardsUrl": self.dashboards_url, "user": self.connection.user})

    def _password(self, whose: str) -> random.RandomPassword:
        return random.RandomPassword(
            f"{self._name}-password-{whose}",
            length=32,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            min_special=1,
            override_special="!#%*-_=+",
            opts=self._child,
        )

    def _make_domain(self) -> aws.opensearch.Domain:
        context, settings = self._args.context, self._args.settings
        groups = self._log_groups()
        return aws.opensearch.Domain(
            f"{self._name}-domain",
            domain_name=self._name,
            engine_version=settings.version,
            cluster_config=self._nodes(),
            ebs_options=aws.opensearch.DomainEbsOptionsArgs(
                ebs_enabled=True, volume_type="gp3", volume_size=settings.volume_gib
            ),
            encrypt_at_rest=aws.opensearch.DomainEncryptAtRestArgs(enabled=True, kms_key_id=context.kms_key_arn),
            node_to_node_encryption=aws.opensearch.DomainNodeToNodeEncryptionArgs(enabled=True),
            domain_endpoint_options=aws.opensearch.DomainDomainEndpointOptionsArgs(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            advanced_security_options=self._users(),
            access_policies=self._access(),
            log_publishing_options=[
                aws.opensearch.DomainLogPublishingOptionArgs(
                    log_type=LOGS[kind], cloudwatch_log_group_arn=group.arn, enabled=True
                )
                for kind, group in groups.items()
            ],
            off_peak_window_options=self._window(),
            software_update_options=aws.opensearch.DomainSoftwareUpdateOptionsArgs(auto_software_update_enabled=True),
            tags={"Name": self._name},
            opts=ResourceOptions(
                parent=self,
                protect=context.protect or None,
                # AWS refuses the domain until its service may write to the log groups.
                depends_on=[self._log_rights(groups)],
                custom_timeouts=CustomTimeouts(create="90m", update="90m", delete="90m"),
            ),
        )

    def _nodes(self) -> aws.opensearch.DomainClusterConfigArgs:
        settings = self._args.settings
        count = settings.nodes
        spread = aws.opensearch.DomainClusterConfigZoneAwarenessConfigArgs(availability_zone_count=settings.zones)
        return aws.opensearch.DomainClusterConfigArgs(
            instance_type=settings.instance_type,
            instance_count=count,
            zone_awareness_enabled=count > 1,
            zone_awareness_config=spread if count > 1 else None,
        )

    def _users(self) -> aws.opensearch.DomainAdvancedSecurityOptionsArgs:
        # The connector supports only basic authentication, which needs internal users.
        return aws.opensearch.DomainAdvancedSecurityOptionsArgs(
            enabled=True,
            anonymous_auth_enabled=False,
            internal_user_database_enabled=True,
            master_user_options=aws.opensearch.DomainAdvancedSecurityOptionsMasterUserOptionsArgs(
                master_user_name=MASTER_USER, master_user_password=self._master.result
            ),
        )

    def _window(self) -> aws.opensearch.DomainOffPeakWindowOptionsArgs:
        start = aws.opensearch.DomainOffPeakWindowOptionsOffPeakWindowWindowStartTimeArgs(hours=UPDATE_HOUR, minutes=0)
        return aws.opensearch.DomainOffPeakWindowOptionsArgs(
            enabled=True,
            off_peak_window=aws.opensearch.DomainOffPeakWindowOptionsOffPeakWindowArgs(window_start_time=start),
        )

    def _access(self) -> pulumi.Output[str]:
        sources = pulumi.Output.all(self._args.confluent_prefixes, self._args.nat_addresses).apply(
            lambda known: admitted(known[0], self._args.operator_cidrs, known[1])
        )
        return pulumi.Output.json_dumps(access_policy(self._arn, sources))

    def _log_groups(self) -> dict[str, aws.cloudwatch.LogGroup]:
        return {
            kind: make_log_group(
                f"{self._name}-{kind}",
                f"/aws/opensearch/{self._name}/{kind}",
                self._args.context,
                self._child,
            )
            for kind in LOGS
        }

    def _log_rights(self, groups: dict[str, aws.cloudwatch.LogGroup]) -> aws.cloudwatch.LogResourcePolicy:
        arns = [group.arn for group in groups.values()]
        return aws.cloudwatch.LogResourcePolicy(
            f"{self._name}-logs",
            policy_name=f"{self._name}-logs",
            policy_document=pulumi.Output.json_dumps(log_policy(self._arn, self._args.context.account_id, arns)),
            opts=self._child,
        )

    def _set_up(self, url: pulumi.Output[str], passwords: dict[str, random.RandomPassword]) -> local.Command:
        slots, nodes = self._args.settings.slots, self._args.settings.nodes
        # The definition is not an input of the Command, so a trigger reruns it after a change.
        digest = hashlib.sha256(json.dumps(definition(slots, nodes), sort_keys=True).encode()).hexdigest()
        of_users = {user(slot): password.result for slot, password in passwords.items()}
        return local.Command(
            f"{self._name}-setup",
            create=command_line("sinks.opensearch.setup"),
            dir=".",
            environment={
                "OPENSEARCH_URL": url,
                "OPENSEARCH_USER": MASTER_USER,
                "OPENSEARCH_PASSWORD": pulumi.Output.secret(self._master.result),
                "SINK_PASSWORDS": pulumi.Output.secret(pulumi.Output.json_dumps(of_users)),
                "SINK_SLOTS": slots.text,
                "DATA_NODES": str(nodes),
            },
            triggers=[digest, self._domain.domain_id],
            opts=self._child,
        )
