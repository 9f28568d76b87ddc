"""Facts that policies and program declare separately, because they do not import each other, agree."""

from __future__ import annotations

from pathlib import Path

import yaml

from components.confluent.pipeline import WAREHOUSE_TOPICS
from components.fraud_app.versions import DEFAULT_VERSION, SUPPORTED_VERSIONS
from policy.controls import kubernetes, streaming

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_kubernetes_versions_are_supported():
    assert dict(SUPPORTED_VERSIONS) == kubernetes.SUPPORTED, "change fraud_app/versions.py and controls/kubernetes.py"


def test_the_default_kubernetes_version_is_supported():
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]["kubernetesVersion"]
    assert declared["default"] == DEFAULT_VERSION, "Pulumi.yaml and fraud_app/versions.py have the same default"


def test_the_warehouse_reads_the_policys_append_topics():
    assert WAREHOUSE_TOPICS == streaming.APPEND_TOPICS, "change components/confluent and controls/streaming.py together"
