"""The SSM document for the Oracle host."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from components.oracle import document

IMAGE = "registry.example/oracle-xe@sha256:" + "a" * 64


def built(**changes: Any) -> document.Bootstrap:
    return document.build(**({"region": "us-east-1", "image": IMAGE, "recovery_gib": 25} | changes))


def test_the_documents_version_depends_only_on_its_content() -> None:
    assert built() == built()
    versions = {built().version, built(recovery_gib=30).version, built(image=IMAGE[:-1] + "b").version}
    assert len(versions) == 3


def test_the_document_is_valid_for_ssm() -> None:
    content = built().content
    made = json.loads(content)
    [step] = made["mainSteps"]
    assert made["schemaVersion"] == "2.2" and step["action"] == "aws:runShellScript"
    assert len(content.encode()) <= 64 * 1024
    # SSM replaces {{ … }} everywhere; an unknown name makes the whole document invalid.
    assert set(re.findall(r"{{\s*(.*?)\s*}}", content)) == set(made["parameters"]) == {"SecretArn", "VolumeId"}
    assert content.count("{{") == 2
    for name, parameter in made["parameters"].items():
        assert parameter["allowedPattern"].startswith("^"), f"{name} is inserted into a shell script unchanged"


def test_a_parameter_cannot_break_out_of_the_script() -> None:
    patterns = {name: one["allowedPattern"] for name, one in json.loads(built().content)["parameters"].items()}
    assert re.search(patterns["VolumeId"], "vol-0123456789abcdef0")
    assert re.search(patterns["SecretArn"], "arn:aws:secretsmanager:us-east-1:123456789012:secret:oracle-1a2b3c-AbCdEf")
    for name in patterns:
        assert not re.search(patterns[name], "vol-1'; rm -rf /; '")


def test_a_document_that_is_too_large_is_refused_before_the_deploy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 1000)
    with pytest.raises(ValueError, match=r"has \d+ bytes; SSM allows 1000; shorten it"):
        built()
