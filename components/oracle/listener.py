"""The listener for Confluent Cloud: a network load balancer that admits only Confluent's egress addresses.

Without a prefix list it is internal, for PrivateLink (components/confluent/private_egress.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from ..connections import ORACLE_PORT
from ..network.security import Peer, allow_egress, allow_ingress, make_group

NAME_PREFIX = "oracle"
"""Prefix of the names of load balancer and target group: 6 of 32 characters; the provider adds 26.

Pulumi's auto-naming is too long for deployments with a name of 8 characters."""


class OracleListener:
    """Load balancer, target group and listener in front of the host. Connect once the resources in `ready` exist."""

    def __init__(
        self,
        name: str,
        *,
        vpc_id: pulumi.Input[str],
        subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]],
        confluent_prefix_list_id: pulumi.Input[str] | None,
        host_group_id: pulumi.Input[str],
        instance_id: pulumi.Input[str],
        network_ready: Sequence[pulumi.Resource],
        parent: pulumi.Resource,
    ) -> None:
        self._name, self._child = name, ResourceOptions(parent=parent)
        group = make_group(f"{name}-nlb-sg", vpc_id, "Load balancer in front of Oracle", self._child)
        balancer = aws.lb.LoadBalancer(
            f"{name}-nlb",
            name_prefix=NAME_PREFIX,
            load_balancer_type="network",
            internal=confluent_prefix_list_id is None,
            # PrivateLink callers have foreign addresses; the endpoint service's list of principals restricts them.
            enforce_security_group_inbound_rules_on_private_link_traffic=None if confluent_prefix_list_id else "off",
            subnets=subnet_ids,
            security_groups=[group.id],
            # The host is in one zone; clients may arrive in any.
            enable_cross_zone_load_balancing=True,
            tags={"Name": f"{name}-nlb"},
            # AWS refuses a public load balancer while the VPC has no internet gateway, and does not delete the gateway
            # before the load balancer; no input implies that.
            opts=ResourceOptions(parent=parent, depends_on=list(network_ready)),
        )
        targets = self._target_group(vpc_id)
        target = aws.lb.TargetGroupAttachment(
            f"{name}-target", target_group_arn=targets.arn, target_id=instance_id, port=ORACLE_PORT, opts=self._child
        )
        listener = self._listener(balancer.arn, targets.arn)
        rules = self._rules(group.id, host_group_id, confluent_prefix_list_id)
        self.arn: pulumi.Output[str] = balancer.arn
        self.dns_name: pulumi.Output[str] = balancer.dns_name
        self.balancer_metrics: pulumi.Output[str] = balancer.arn_suffix
        self.target_metrics: pulumi.Output[str] = targets.arn_suffix
        self.ready: tuple[pulumi.Resource, ...] = (listener, target, *rules)

    def _rules(
        self, group_id: pulumi.Input[str], host_group_id: pulumi.Input[str], prefix_list_id: pulumi.Input[str] | None
    ) -> list[pulumi.Resource]:
        rules: list[pulumi.Resource] = [
            allow_egress(
                f"{self._name}-nlb-to-host",
                group_id=group_id,
                peer=Peer(group_id=host_group_id),
                port=ORACLE_PORT,
                description="Connections and health checks to Oracle",
                opts=self._child,
            ),
            allow_ingress(
                f"{self._name}-from-nlb",
                group_id=host_group_id,
                peer=Peer(group_id=group_id),
                port=ORACLE_PORT,
                description="Oracle from its load balancer",
                opts=self._child,
            ),
        ]
        if prefix_list_id is not None:
            from_confluent = allow_ingress(
                f"{self._name}-nlb-from-confluent",
                group_id=group_id,
                peer=Peer(prefix_list_id=prefix_list_id),
                port=ORACLE_PORT,
                description="XStream connector from Confluent Cloud",
                opts=self._child,
            )
            rules.append(from_confluent)
        return rules

    def _target_group(self, vpc_id: pulumi.Input[str]) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            f"{self._name}-tg",
            name_prefix=NAME_PREFIX,
            port=ORACLE_PORT,
            protocol="TCP",
            target_type="instance",
            vpc_id=vpc_id,
            # The host admits only the load balancer's group, so it must see that address, not the client's.
            preserve_client_ip="false",
            deregistration_delay=30,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                protocol="TCP", port=str(ORACLE_PORT), interval=10, healthy_threshold=3, unhealthy_threshold=3
            ),
            tags={"Name": f"{self._name}-tg"},
            opts=self._child,
        )

    def _listener(self, balancer_arn: pulumi.Input[str], target_group_arn: pulumi.Input[str]) -> aws.lb.Listener:
        forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group_arn)
        return aws.lb.Listener(
            f"{self._name}-listener",
            load_balancer_arn=balancer_arn,
            port=ORACLE_PORT,
            protocol="TCP",
            # The maximum: a stream of changes can be silent for a long time.
            tcp_idle_timeout_seconds=6000,
            default_actions=[forward],
            opts=self._child,
        )
