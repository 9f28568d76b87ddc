"""What the policies and the program each say for themselves, as they import nothing of each other, is the same."""

from __future__ import annotations

from pathlib import Path

import yaml

from components.confluent.pipeline import WAREHOUSE_TOPICS
from components.fraud_app.versions import DEFAULT_VERSION, SUPPORTED_VERSIONS
from policy.controls import kubernetes, streaming

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_kubernetes_versions_are_supported():
    assert dict(SUPPORTED_VERSIONS) == kubernetes.SUPPORTED, "change fraud_app/versions.py and controls/kubernetes.py"


def test_the_default_kubernetes_version_is_one():
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]["kubernetesVersion"]
    assert declared["default"] == DEFAULT_VERSION, "Pulumi.yaml and fraud_app/versions.py have the same default"


def test_the_warehouse_is_fed_what_the_policy_takes_for_appended():
    assert WAREHOUSE_TOPICS == streaming.APPEND_TOPICS, "change components/confluent and controls/streaming.py together"
