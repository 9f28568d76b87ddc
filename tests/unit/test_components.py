"""Components under plain Pulumi mocks, as their users test them, and what their arguments refuse."""

from __future__ import annotations

from typing import Any, cast

import pulumi
import pytest

from components.confluent.cluster import ConfluentCluster, ConfluentClusterArgs
from components.confluent.connector import SinkConnector
from components.confluent.settings import ClusterSettings
from components.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs
from components.credential_slots import ALLOWED, CredentialSlots
from components.oracle.connector import OracleXStreamSource
from components.sinks.redshift.connector import RedshiftSink
from tests.unit.mocks import Mocks

SOURCE = OracleXStreamSource(hostname="oracle", user="u", password="hush", processor_licenses=1)


def redshift(topics: tuple[str, ...]) -> RedshiftSink:
    return RedshiftSink(topics=topics, domain="h", user="u", password="hush", database="d")


def streaming(*sinks: SinkConnector) -> ConfluentStreaming:
    cluster = ConfluentCluster("c", ConfluentClusterArgs(region="us-east-1"))
    args = ConfluentStreamingArgs(cluster=cluster.handle(), source=SOURCE, sinks=sinks)
    return ConfluentStreaming("s", args)


def test_a_sink_runs_as_the_account_that_was_made_for_it(mocks: Mocks) -> None:
    @pulumi.runtime.test
    def run() -> None:
        streaming(redshift(("auth_user",)))

    run()
    config = mocks.made["s-redshift"].inputs
    assert config["configNonsensitive"]["kafka.service.account.id"] == "s-redshift-id"
    assert config["configNonsensitive"]["topics"] == "auth_user"
    assert "hush" not in str(config["configNonsensitive"]), "the password belongs into config_sensitive"


@pulumi.runtime.test
def test_the_topics_are_those_of_the_contracts(mocks: Mocks) -> Any:
    made = streaming()
    names = {"fd.SAMPLE.AUTH_USER", "fd.SAMPLE.USER_TRANSACTION", "auth_user", "user_transaction"}
    assert set(made.topics) == names | {"flagged_user", "fraud_alert", "dead_letter"}
    return made.topics["fd.SAMPLE.AUTH_USER"].config.apply(lambda c: _same(c, {"cleanup.policy": "compact"}))


def _same(found: object, expected: object) -> None:
    assert found == expected


def test_a_sink_of_an_unknown_topic_is_refused_with_the_known_ones(mocks: Mocks) -> None:
    with pytest.raises(ValueError, match=r"no topic fraud_alerts; known: .*'fraud_alert'"):
        streaming(redshift(("fraud_alerts",)))


def test_a_private_cluster_needs_the_vpc_that_reaches_it() -> None:
    settings = ClusterSettings(cluster_type="enterprise", availability="LOW", connectivity="privatelink")
    with pytest.raises(ValueError, match="private is None, connectivity privatelink; give private exactly when"):
        ConfluentClusterArgs(region="us-east-1", settings=settings)
    with pytest.raises(ValueError, match="private is set, connectivity public"):
        ConfluentClusterArgs(region="us-east-1", private=cast(Any, object()))


def test_slots_are_a_or_b_or_both() -> None:
    with pytest.raises(ValueError, match="slots is 'c'; set it to one of a, ab, ba, b"):
        CredentialSlots("c")


@pytest.mark.parametrize("text", ALLOWED)
@pulumi.runtime.test
def test_each_slot_has_a_key_and_the_first_is_in_use(mocks: Mocks, text: str) -> Any:
    settings = ClusterSettings(slots=CredentialSlots(text))
    cluster = ConfluentCluster("c", ConfluentClusterArgs(region="us-east-1", settings=settings))
    kafka = cluster.app_kafka

    def check(found: list[str]) -> None:
        assert found == [f"c-app-kafka-{text[0]}-id", f"c-app-registry-{text[0]}-id"]
        assert {f"c-app-kafka-{slot}" for slot in text} == {name for name in mocks.made if "-app-kafka-" in name}

    return pulumi.Output.all(kafka.key, kafka.registry_key).apply(check)


@pulumi.runtime.test
def test_the_app_reads_the_schema_of_alerts_and_no_other(mocks: Mocks) -> Any:
    cluster = ConfluentCluster("c", ConfluentClusterArgs(region="us-east-1"))

    def check(_: object) -> None:
        bound = [one.inputs for one in mocks.made.values() if one.typ.endswith(":RoleBinding")]
        app = [(one["roleName"], one["crnPattern"]) for one in bound if one["principal"] == "User:c-app-id"]
        assert app == [("DeveloperRead", "crn://found/subject=fraud_alert-value")]

    return pulumi.Output.from_input(cluster.app_kafka.registry_key).apply(check)


def test_two_sinks_of_one_purpose_would_share_an_account(mocks: Mocks) -> None:
    with pytest.raises(ValueError, match="sinks repeat a purpose"):
        streaming(redshift(("auth_user",)), redshift(("auth_user",)))
