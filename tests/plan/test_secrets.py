"""Offline, secrets are marked texts: the recorder refuses a plan with one in plain text."""

from __future__ import annotations

import base64

import pytest

from plan import PlanError
from plan.commands import GOLDEN
from plan.fakes import SECRET_PREFIX
from plan.project import PLACEHOLDER_SECRET
from tests.plan.conftest import Configured, Recorder
from tests.plans import STACKS, recorded

SECRET = "pulumi_random.RandomPassword('p', length=20).result"
UNPROTECTED = f"pulumi.Output.unsecret({SECRET})"


@pytest.mark.parametrize(
    "source",
    [
        "cc.ServiceAccount('a', description={secret})",
        "cc.ServiceAccount('a', display_name=pulumi.Output.concat('x', {secret}))",
        "aws.ec2.Instance('i', ami='a', instance_type='t3.large', user_data={secret}.apply(lambda s: 'run ' + s))",
        "aws.ec2.Instance('i', ami='a', instance_type='t3.large', user_data_base64={secret}.apply("
        "lambda s: base64.b64encode(s.encode()).decode()))",
        "aws.ec2.Instance('i', ami='a', instance_type='t3.large', tags={{'Name': {secret}}})",
        "k8s.core.v1.ConfigMap('m', data={{'key': {secret}}})",
        "pulumi.export('password', {secret})",
    ],
)
def test_a_secret_in_plain_text_is_refused(recorded: Recorder, source: str) -> None:
    head = "import base64\nimport pulumi_aws as aws, pulumi_kubernetes as k8s, pulumi_random\n"
    with pytest.raises(PlanError, match="a secret value stands here in plain text"):
        recorded(head + source.format(secret=UNPROTECTED))


@pytest.mark.parametrize(
    "secret",
    ["pulumi.Config().require('password')", "pulumi.Output.unsecret(pulumi.Config().require_secret('password'))"],
)
def test_a_configuration_secret_in_plain_text_is_refused(recorded: Recorder, secret: str) -> None:
    with pytest.raises(PlanError, match="a secret value stands here in plain text"):
        recorded(f"cc.ServiceAccount('a', description=pulumi.Output.concat('x', {secret}))")


@pytest.mark.parametrize("stack", STACKS)
def test_no_secret_is_in_the_plan_in_any_form(stack: str) -> None:
    text = recorded(stack).to_json() + "".join(path.read_text("utf-8") for path in GOLDEN.rglob("*.*"))
    for marker in (SECRET_PREFIX, PLACEHOLDER_SECRET):
        assert marker not in text
        assert base64.b64encode(marker.encode()).decode()[:-4] not in text
    assert text.count("[secret]") > 20, "the test needs secrets in the plan"


def test_a_rotation_adds_switches_and_drops_credentials(configured: Configured) -> None:
    """No step changes a credential in use, and it exists before and after each step."""
    kinds = ("confluent", "oracle", "redshift", "opensearch", "snowflake")
    later = [configured("dev", **{f"{kind}Slots": step for kind in kinds}) for step in ("ab", "ba", "b")]
    plans = [recorded("dev"), *later]
    names = [{resource.name for resource in plan.resources} for plan in plans]
    assert names[0] < names[1], "the second slot must add credentials and remove none"
    assert names[1] == names[2], "the switch must neither create nor delete a credential"
    assert names[3] < names[2], "the last step must drop the old credentials"
    added, dropped = names[1] - names[0], names[2] - names[3]
    assert all("-b" in name for name in added), added
    assert all("-a" in name for name in dropped), dropped
    for kind in kinds:
        part = {"confluent": "fraud-dev-provisioner"}.get(kind, f"fraud-dev-{kind}")
        assert any(part in name for name in added), f"{kind}Slots adds no credential"


def test_each_kind_of_credential_has_its_own_slots(configured: Configured) -> None:
    """In two plans no two kinds have the same slots, which reveals a kind that uses another's setting."""
    slots = {
        "confluent": ("a", "a"),
        "oracle": ("a", "b"),
        "redshift": ("b", "a"),
        "opensearch": ("b", "b"),
        "snowflake": ("ab", "a"),
    }
    marks = {
        "confluent": "fraud-dev-provisioner-kafka-",
        "oracle": "fraud-dev-oracle-sample-",
        "redshift": "fraud-dev-redshift-password-",
        "opensearch": "fraud-dev-opensearch-password-",
        "snowflake": "fraud-dev-snowflake-key-",
    }
    for step in range(2):
        plan = configured("dev", **{f"{kind}Slots": chosen[step] for kind, chosen in slots.items()})
        for kind, chosen in slots.items():
            names = {resource.name.removeprefix(marks[kind]) for resource in plan.resources}
            assert names & {"a", "b"} == set(chosen[step]), f"{kind}Slots is {chosen[step]}"
