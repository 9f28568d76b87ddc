"""Remote components: children that the plan cannot list are refused."""

from __future__ import annotations

from typing import Any

import pulumi_aws as aws
import pulumi_eks as eks
import pytest

from tests.unit.recording import record_component


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"create_instance_role": None}, "createInstanceRole is None"),
        ({"fargate": True}, "fargate may create resources that the plan does not list"),
        ({"service_role": None}, "serviceRole is missing"),
        ({"authentication_mode": eks.AuthenticationMode.CONFIG_MAP}, "authenticationMode is 'CONFIG_MAP'"),
    ],
)
def test_a_cluster_whose_children_the_plan_cannot_list_is_refused(change: dict[str, Any], message: str) -> None:
    def program() -> None:
        role = aws.iam.Role("role", assume_role_policy="{}")
        usual: dict[str, Any] = {
            "auto_mode": eks.AutoModeOptionsArgs(enabled=True, create_node_role=False),
            "coredns_addon_options": eks.CoreDnsAddonOptionsArgs(enabled=False),
            "service_role": role,
            "create_instance_role": False,
            "authentication_mode": eks.AuthenticationMode.API,
        }
        eks.Cluster("c", **(usual | change))

    with pytest.raises(AssertionError, match=message):
        record_component(program)
