"""The plugin: its schema, the YAML example, and its errors."""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.plugin.host import COMPONENTS, Host
from tests.package.conftest import ROOT
from tests.unit.recording import needs, record_all

EXAMPLE = yaml.safe_load((ROOT / "examples" / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8"))
CONFIG = {"region": "us-east-1", "operatorCidr": "203.0.113.7/32", "appImage": f"example.com/app@sha256:{'a' * 64}"}
CONTEXT = {"region": "us-east-1", "accountId": "123456789012", "kmsKeyArn": "k"}
INGRESS = {"appIngressCidrs": ["203.0.113.7/32"]}
TYPES: dict[Any, Any] = {"string": str, "integer": int, "number": (int, float), "boolean": bool}
INVOKED = {"caller": {"accountId": "123456789012"}, "ami": {"value": "ami-1"}}
REFERENCE = re.compile(r"\$\{(\w+)((?:\.\w+|\[\d+\])*)\}")


@functools.cache
def host() -> Host:
    return Host("1.2.3")


@functools.cache
def schema() -> dict[str, Any]:
    return json.loads(host().schema or "")


def resource(name: str) -> dict[str, Any]:
    return schema()["resources"][f"fraud:index:{name}"]


def test_the_sdks_analyzer_understands_every_component() -> None:
    assert schema()["version"] == "1.2.3"
    assert {name.split(":")[-1] for name in schema()["resources"]} == {kind.__name__ for kind in COMPONENTS}
    for kind in COMPONENTS:
        assert "\n\n" in resource(kind.__name__)["description"], "the arguments' dataclass must describe them"


@pytest.mark.parametrize(
    ("giver", "output", "taker", "taken"),
    [
        ("ConfluentCluster", "handle", "ConfluentStreaming", "cluster"),
        ("OracleHost", "connection", "ConfluentStreaming", "oracle"),
        ("SinkTargets", "redshift", "ConfluentStreaming", "redshift"),
        ("SinkTargets", "opensearch", "ConfluentStreaming", "opensearch"),
        ("SinkTargets", "snowflake", "ConfluentStreaming", "snowflake"),
        ("ConfluentCluster", "appKafka", "FraudApp", "kafka"),
        ("OracleHost", "appDatabase", "FraudApp", "database"),
    ],
)
def test_a_connections_output_and_input_types_match(giver: str, output: str, taker: str, taken: str) -> None:
    given, wanted = resource(giver)["properties"][output], resource(taker)["inputProperties"][taken]
    assert given["$ref"] == wanted["$ref"]
    assert not wanted.get("plain"), "the input must accept an output"


def fitting(value: Any, wanted: dict[str, Any], path: str) -> Iterator[str]:
    """Problems of an example's value for a property of the schema."""
    reference = REFERENCE.fullmatch(value) if isinstance(value, str) else None
    if reference and reference[1] in EXAMPLE["resources"]:
        yield from referring(reference, wanted, path)
    elif "$ref" in wanted and isinstance(value, dict):
        kind = schema()["types"][wanted["$ref"].removeprefix("#/types/")]
        yield from fitting_all(value, kind["properties"], kind.get("required", []), path)
    elif wanted.get("type") == "array" and isinstance(value, list):
        for item in value:
            yield from fitting(item, wanted["items"], f"{path}[]")
    elif not isinstance(value, TYPES.get(wanted.get("type"), ())):
        yield f"{path} is {value!r}; wanted {wanted}"


def referring(reference: re.Match[str], wanted: dict[str, Any], path: str) -> Iterator[str]:
    output, *index = re.findall(r"\w+", reference[2])
    given = resource(EXAMPLE["resources"][reference[1]]["type"].split(":")[1])["properties"].get(output)
    given = given["items"] if given and index else given
    if not given or any(given.get(key) != wanted.get(key) for key in ("type", "$ref")):
        yield f"{path} is {reference[0]}, {given}; wanted {wanted}"
    if wanted.get("plain"):
        yield f"{path} is {reference[0]}, which is not known beforehand"


def fitting_all(values: dict[str, Any], known: dict[str, Any], required: list[str], path: str) -> Iterator[str]:
    yield from (f"{path} lacks {name}" for name in sorted(set(required) - set(values)))
    yield from (f"{path} has {name}, which does not exist" for name in sorted(set(values) - set(known)))
    for name in set(values) & set(known):
        yield from fitting(values[name], known[name], f"{path}.{name}")


@pytest.mark.parametrize("name", EXAMPLE["resources"])
def test_the_yaml_example_fits_the_schema(name: str) -> None:
    found = EXAMPLE["resources"][name]
    kind = resource(found["type"].split(":")[1])
    assert not list(fitting_all(found["properties"], kind["inputProperties"], kind["requiredInputs"], name))


def test_the_yaml_example_has_no_alias() -> None:
    """Pulumi's YAML supports no aliases."""
    text = (ROOT / "examples" / "yaml" / "Pulumi.yaml").read_text(encoding="utf-8")
    assert not [event for event in yaml.parse(text) if isinstance(event, yaml.AliasEvent)], "repeat the value"


def test_misfits_are_found() -> None:
    kind = resource("NetworkStack")["inputProperties"]
    context = {"region": "${key.arn}", "regoin": "x", "kmsKeyArn": "${cluster.handle}"}
    values = {"context": context, "settings": {"vpcCidr": 10}, "natt": "x"}
    assert len(list(fitting_all(values, kind, ["context"], "n"))) == 6


def evaluated(value: Any, made: dict[str, Any]) -> Any:
    """An example's value as the plugin gets it: numbers are floats, references are outputs."""
    if isinstance(value, dict):
        return {key: evaluated(item, made) for key, item in value.items()}
    if isinstance(value, list):
        return [evaluated(item, made) for item in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return value
    whole = REFERENCE.fullmatch(value)
    return _found(whole, made) if whole else REFERENCE.sub(lambda found: str(_found(found, made)), value)


def _found(reference: re.Match[str], made: dict[str, Any]) -> Any:
    value = made[reference[1]]
    for step in re.findall(r"\w+", reference[2]):
        value = value[int(step) if step.isdecimal() else step]
    return value


@pytest.mark.parametrize("preview", [True, False])
def test_the_yaml_example_makes_the_whole_pipeline(preview: bool) -> None:
    def build() -> None:
        made: dict[str, Any] = {**CONFIG, **INVOKED}
        for name, found in EXAMPLE["resources"].items():
            kind = found["type"].replace(":", ":index:")
            made[name] = host().construct(name, kind, evaluated(found["properties"], made)).state

    made = record_all(build, preview=preview)
    kinds = [resource.type for resource in made]
    assert kinds.count("confluentcloud:index/connector:Connector") == 3
    assert kinds.count("confluentcloud:index/flinkStatement:FlinkStatement") == 2
    of = {(resource.type.split(":")[-1], resource.name): resource for resource in made}
    assert of["ConfigMap", "app-config"].inputs["data"]["BURST_COUNT"] == "5"
    assert of["KafkaTopic", "streaming-topic-auth_user"].inputs["partitionsCount"] == 4
    assert of["SecretVersion", "oracle-passwords-version"].inputs["secretString"] == "[secret]"
    waited_for = needs(of["Instance", "oracle"])
    assert {"network-data-a-association", "network-internet"} <= waited_for, "a subnet's id implies its routes"
    assert "oracle-ready" in needs(of["Connector", "streaming-oracle-xstream"]), "a connection implies its resources"


@pytest.mark.parametrize(
    ("kind", "change", "message"),
    [
        ("NetworkStack", {"settings": {"natGateways": "none"}}, "natGateways: 'none' is not allowed; allowed: single,"),
        (
            "NetworkStack",
            {"settings": {"vpcCidr": "8.0.0.0/16", "availabilityZones": ["a"]}},
            "availabilityZones is .*; vpcCidr is",
        ),
        ("NetworkStack", {"settings": {"confluentEgressPrefixes": ["10.0.0.0/8"]}}, "confluentEgressPrefixes is "),
        (
            "NetworkStack",
            {"context": {**CONTEXT, "logRetentionDays": 31.0}},
            "logRetentionDays is 31; set it to",
        ),
        ("ConfluentCluster", {"settings": {"flinkMaxCfu": 10.5}}, "flinkMaxCfu is 10.5; set it to a whole number"),
        ("ConfluentCluster", {"settings": {"flinkMaxCfu": 11.0}}, "flinkMaxCfu: 11 is not allowed; allowed: 5, 10"),
        (
            "ConfluentCluster",
            {"settings": {"confluentSlots": "c"}},
            "confluentSlots: 'c' is not allowed; allowed: a,",
        ),
        ("ConfluentStreaming", {"source": {}}, "oracleProcessorLicenses is None; allowed: a whole number from 1"),
        ("FraudApp", {"settings": INGRESS}, "neither settings.image nor buildContext is set; set an image"),
        (
            "FraudApp",
            {"settings": INGRESS, "buildContext": "nowhere"},
            "nowhere/ does not exist: run the program in the",
        ),
        ("FraudApp", {"settings": {**INGRESS, "appMinReplicas": 9.0}}, "appMaxReplicas is 4; allowed: appMinReplicas"),
        (
            "FraudApp",
            {"thresholds": {"homePrefix": "1'"}},
            "homePrefix: .* is not allowed; allowed: the start of",
        ),
        ("FraudApp", {"thresholds": {"largeAmount": 1.001}}, "largeAmount: 1.001 is not allowed; .* two decimals"),
        ("FraudApp", {"thresholds": {"burstAmount": 2e4}}, "burstAmount is '20000.00'; allowed: at most 19999.80"),
        ("SinkTargets", {"redshift": {"redshiftDatabase": "A"}}, "redshiftDatabase: 'A' is not allowed"),
        (
            "SinkTargets",
            {"snowflake": {}, "opensearch": None, "redshift": None},
            "settings.database is empty; name a database",
        ),
    ],
)
def test_errors_use_the_schemas_names(kind: str, change: dict[str, Any], message: str) -> None:
    (found,) = [one for one in EXAMPLE["resources"].values() if one["type"] == f"fraud:{kind}"]
    made = {name: _unknown(one["type"].split(":")[1]) for name, one in EXAMPLE["resources"].items()}
    inputs = evaluated(found["properties"] | change, {**CONFIG, **INVOKED, **made})
    given = {key: one for key, one in inputs.items() if one is not None}
    with pytest.raises(pulumi.InputPropertiesError, match=message):
        record_all(lambda: host().construct("bad", f"fraud:index:{kind}", given))


def _unknown(kind: str) -> dict[str, Any]:
    """Placeholder outputs of a component: the errors do not depend on them."""
    of = {"array": ["x"], "string": "x", None: {}}
    return {name: of[one.get("type")] for name, one in resource(kind)["properties"].items() if "$ref" not in one} | {
        name: dict.fromkeys(schema()["types"][one["$ref"].removeprefix("#/types/")]["required"], "x")
        for name, one in resource(kind)["properties"].items()
        if "$ref" in one
    }


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"context": {**CONTEXT, "region": pulumi.Output}}, "region"),
        ({"context": CONTEXT, "settings": {"availabilityZones": ["a", pulumi.Output]}}, "availabilityZones"),
    ],
)
def test_a_plain_argument_refuses_an_output(inputs: dict[str, Any], path: str) -> None:
    def with_output(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: with_output(item) for key, item in value.items()}
        if isinstance(value, list):
            return [with_output(item) for item in value]
        return pulumi.Output.secret("b") if value is pulumi.Output else value

    with pytest.raises(pulumi.InputPropertyError) as caught:
        record_all(lambda: host().construct("bad", "fraud:index:NetworkStack", with_output(inputs)))
    assert caught.value.property_path == path
    assert caught.value.reason == "it is an output or a secret; set a value that is known before the deploy"


def test_the_schema_has_the_settings_descriptions() -> None:
    found = schema()["types"]["fraud:index:NetworkSettings"]["properties"]["natGateways"]["description"]
    assert found.endswith("Production needs per-zone. Allowed: single, per-zone.")
    secret = "snowflakeAdminKey"
    assert secret not in schema()["types"]["fraud:index:SnowflakeSettings"]["properties"], "only the provider uses it"


@pytest.mark.skipif(not shutil.which("pulumi"), reason="needs the Pulumi CLI on PATH")
@pytest.mark.timeout(900)
def test_the_cli_gets_the_same_schema(tmp_path: Path) -> None:
    for name in ("components", "flink_sql", "plugin"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("venv", "__pycache__"))
    for name in ("pyproject.toml", "LICENSE", "docs/components.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    found = subprocess.run(
        ["pulumi", "package", "get-schema", str(tmp_path / "plugin")], capture_output=True, text=True, cwd=tmp_path
    )
    assert found.returncode == 0, found.stderr
    resources = json.loads(found.stdout)["resources"]
    assert {name: set(one["inputProperties"]) for name, one in resources.items()} == {
        name: set(one["inputProperties"]) for name, one in schema()["resources"].items()
    }
