"""Security groups and their rules."""

from __future__ import annotations

import pulumi
import pytest

from components.network import security


@pytest.mark.parametrize("description", ["", "the app's pods", "é", "a" * 256])
def test_a_description_that_ec2_would_refuse_is_refused_before_the_deploy(description: str) -> None:
    opts = pulumi.ResourceOptions()
    with pytest.raises(ValueError, match="description of g is"):
        security.make_group("g", "vpc-1", description, opts)
    for allow in (security.allow_ingress, security.allow_egress):
        with pytest.raises(ValueError, match="description of g is"):
            allow(
                "g", group_id="sg-1", peer=security.Peer(cidr="10.0.0.0/8"), port=1, description=description, opts=opts
            )


@pytest.mark.parametrize("peer", [{}, {"cidr": "10.0.0.0/8", "group_id": "sg-1"}])
def test_a_rule_has_one_peer(peer: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="set exactly one"):
        security.Peer(**peer)
