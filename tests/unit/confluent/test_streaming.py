"""ConfluentStreaming: refused sinks. The golden plans show the rest."""

from __future__ import annotations

import pytest

from components.confluent.cluster import ConfluentCluster, ConfluentClusterArgs
from components.confluent.connector import SinkConnector
from components.confluent.streaming import ConfluentStreaming, ConfluentStreamingArgs
from components.oracle.connector import OracleXStreamSource
from components.sinks.redshift.connector import RedshiftSink
from tests.unit.recording import record_component

SOURCE = OracleXStreamSource(hostname="oracle", user="u", password="hush", processor_licenses=1)


def redshift(*topics: str) -> RedshiftSink:
    return RedshiftSink(topics=topics, domain="h", user="u", password="hush", database="d")


def streaming(*sinks: SinkConnector) -> None:
    cluster = ConfluentCluster("c", ConfluentClusterArgs(region="us-east-1"))
    ConfluentStreaming("s", ConfluentStreamingArgs(cluster=cluster.handle(), source=SOURCE, sinks=sinks))


def test_a_sink_of_an_unknown_topic_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no topic fraud_alerts; known: .*'fraud_alert'"):
        record_component(lambda: streaming(redshift("fraud_alerts")))


def test_two_sinks_of_one_purpose_would_share_an_account() -> None:
    with pytest.raises(ValueError, match="sinks repeat a purpose"):
        record_component(lambda: streaming(redshift("auth_user"), redshift("auth_user")))
