"""The recorder refuses inputs that do not fit the installed SDKs, in both modes, and never writes a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan import PlanError
from plan.layers import record_deployment
from plan.project import load
from tests.plan.conftest import Configured, Recorder

TOPIC = "cc.KafkaTopic('t', topic_name='t', partitions_count=1, rest_endpoint='https://x', {more})"
CLUSTER = "cc.KafkaCluster('c', availability='SINGLE_ZONE', cloud='AWS', region='us-east-1', environment={env}, {more})"
GOOD = {"env": "{'id': 'e'}"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (CLUSTER.format(env="{'idd': 'e'}", more="basic={}"), "idd"),
        (CLUSTER.format(env="{'id': 5}", more="basic={}"), "id"),
        (CLUSTER.format(**GOOD, more="dedicated={'ckus': 2}"), "ckus"),
        (TOPIC.format(more="config={'retention.ms': 5}"), "retention.ms"),
        (TOPIC.format(more="").replace("partitions_count=1", "partitions_count='many'"), "partitionsCount"),
        (TOPIC.format(more="").replace("=1", "=True"), "expected a whole number, got bool True"),
        ("cc.KafkaTopic('t', partitions_count=1)", "topic_name"),
        # The SDK itself does not check required keys of a nested dict.
        (CLUSTER.format(env="{}", more="basic={}"), "requires 'id', which is missing"),
        (CLUSTER.format(**GOOD, more="dedicated=pulumi.Output.secret({'ckus': 2})"), "ckus"),
        (TOPIC.format(more="config={'retention.ms': pulumi.Output.secret(5)}"), "a secret that does not fit"),
    ],
)
@pytest.mark.parametrize("mode", ["preview", "update"])
def test_a_wrong_input_is_refused_in_both_modes(recorded: Recorder, source: str, message: str, mode: str) -> None:
    with pytest.raises(PlanError) as caught:
        recorded(source, mode=mode)
    assert message in str(caught.value), str(caught.value)


def test_all_problems_come_in_one_error(recorded: Recorder) -> None:
    source = CLUSTER.format(env="{'idd': 'e'}", more="basic={}") + "\n" + TOPIC.format(more="config={'a': 5}")
    with pytest.raises(PlanError) as caught:
        recorded(source)
    assert "idd" in str(caught.value) and "config" in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    "secret",
    ["pulumi.Config().require_secret('password')", "pulumi.Output.secret('open sesame')"],
)
def test_a_secret_never_reaches_the_plan(recorded: Recorder, secret: str) -> None:
    plan = recorded(
        f"cc.Connector('c', environment={{'id': 'e'}}, kafka_cluster={{'id': 'k'}}, config_nonsensitive={{'a': 'b'}}, "
        f"config_sensitive={{'password': {secret}}})"
    )
    text = plan.to_json()
    assert "[secret]" in text
    assert "sesame" not in text and "AABencrypted" not in text


def test_an_output_derived_from_a_secret_is_secret(recorded: Recorder) -> None:
    plan = recorded("pulumi.export('x', pulumi.Output.secret('sesame').apply(lambda s: 'open ' + s))")
    assert plan.outputs == {"x": "[secret]"}


def test_the_same_program_gives_the_same_bytes(recorded: Recorder) -> None:
    source = TOPIC.format(more="config={'b': '1', 'a': '2'}")
    assert recorded(source).to_json() == recorded(source, folder="again").to_json()


@pytest.mark.parametrize("mode", ["preview", "update", "both"])
def test_a_failing_apply_is_reported_and_ends_the_recording(recorded: Recorder, mode: str) -> None:
    with pytest.raises(PlanError, match=r"division by zero \(__main__\.py, line 3\)"):
        recorded("pulumi.Output.secret('x').apply(lambda _: 1 / 0)", mode=mode)


def test_a_resource_that_needs_an_output_to_exist_is_refused(recorded: Recorder) -> None:
    source = "pulumi.Output.from_input(cc.ServiceAccount('a').id).apply(lambda i: cc.ServiceAccount(f'b-{i}'))"
    with pytest.raises(PlanError, match="exist in only one of preview and update: 'b-sa-a'"):
        recorded(source)


def test_two_resources_of_one_name_are_refused(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match="ServiceAccount have the name 'a'; rename one"):
        recorded("for _ in range(2): cc.ServiceAccount('a')", mode="update")


def test_an_unknown_stack_names_the_known_ones(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match=r"dev.*prod"):
        recorded("pass", stack="nowhere")


def test_an_error_of_the_program_is_reported_with_its_place(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match="no such thing"):
        recorded("raise ValueError('no such thing')")


REFERENCE = """
if pulumi.get_stack() == "prod":
    pulumi.export("host", cc.ServiceAccount("a").id)
    pulumi.export("password", pulumi.Output.secret("sesame"))
else:
    other = pulumi.StackReference("me/small/prod")
    cc.Connector(
        "c",
        environment={"id": other.require_output("host")},
        kafka_cluster={"id": "k"},
        config_nonsensitive={"a": "b"},
        config_sensitive={"password": other.require_output("password")},
    )
"""


def test_a_stack_reference_reads_what_the_other_stack_would_export(recorded: Recorder) -> None:
    (connector,) = recorded(REFERENCE).of_type("confluentcloud:index/connector:Connector")
    assert connector.inputs["environment"] == {"id": "sa-a"}
    assert connector.inputs["configSensitive"] == "[secret]", "a secret output lost its protection"


def test_layers_are_recorded_as_one_plan(recorded: Recorder, tmp_path: Path) -> None:
    recorded(REFERENCE, mode="update")
    plan = record_deployment("dev", tmp_path / "program")
    made = [resource.name for resource in plan.resources if resource.custom and resource.name in ("a", "c")]
    assert (plan.stack, made) == ("dev", ["a", "c"]), "`make run` needs the platform's accounts before their users"


def test_a_missing_output_of_a_stack_reference_is_named(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match="hosst"):
        recorded(REFERENCE.replace('require_output("host")', 'require_output("hosst")'))


def test_a_stack_reference_to_an_unknown_stack_names_the_known_ones(recorded: Recorder) -> None:
    with pytest.raises(PlanError, match=r"no stack 'nowhere'.*dev.*prod"):
        recorded(REFERENCE.replace("me/small/prod", "me/small/nowhere"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"config: [1]", "config must be a mapping"),
        (b"config: x", "config must be a mapping"),
        (b"config: {1: 2}", "line 1: a key that is not text"),
        (b"config: {null: 2}", "line 1: a key that is not text"),
        (b"[1]", "must be a mapping"),
        (b"a: b: c", "not valid YAML"),
        (b"config: {a: \xff}", "not UTF-8"),
    ],
)
def test_an_invalid_stack_file_is_named(tmp_path: Path, text: bytes, message: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: small\n")
    (tmp_path / "Pulumi.dev.yaml").write_bytes(text)
    with pytest.raises(PlanError, match=rf"(?s)Pulumi\.dev\.yaml.*{message}"):
        load(tmp_path, "dev")


def test_values_that_the_engine_reads_differently_are_reported_with_all_problems(configured: Configured) -> None:
    with pytest.raises(PlanError) as caught:
        configured("dev", homePrefix=10.5, snowflakeDatabase="SELECT", appReplicas="3")
    told = str(caught.value)
    assert "has 3 problem(s)" in told, told
    assert all(f"- {key}: " in told for key in ("homePrefix", "snowflakeDatabase", "appReplicas")), told


def test_a_program_cannot_ignore_values_that_the_engine_reads_differently(recorded: Recorder, tmp_path: Path) -> None:
    recorded("x = 1")
    (tmp_path / "program" / "Pulumi.own.yaml").write_text("config: {small:region: 007}\n")
    with pytest.raises(PlanError, match="region: 007 is a number to the engine"):
        recorded("x = 1", stack="own")


@pytest.mark.parametrize(("referred", "circle"), [("dev", "dev -> dev"), ("prod", "dev -> prod -> dev")])
def test_stacks_that_reference_each_other_are_refused(recorded: Recorder, referred: str, circle: str) -> None:
    source = f"""
    other = "dev" if pulumi.get_stack() == "prod" else "{referred}"
    pulumi.StackReference("me/small/" + other)
    """
    with pytest.raises(PlanError, match=circle):
        recorded(source, mode="update")
