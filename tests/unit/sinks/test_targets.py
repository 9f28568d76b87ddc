"""SinkTargets: only the enabled stores."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from components.aws_context import AwsContext
from components.section import Section
from components.sinks.base import SinkTargetsArgs
from components.sinks.snowflake.settings import SnowflakeSettings
from components.sinks.targets import SinkTargets
from tests.unit.arguments import CONTEXT
from tests.unit.recording import record_component

ROOT = Path(__file__).resolve().parents[3]


def targets(**settings: Section) -> SinkTargets:
    args = SinkTargetsArgs(
        context=AwsContext(**CONTEXT),
        vpc_id="vpc-1",
        subnet_ids=["subnet-1"],
        confluent_prefix_list_id="pl-1",
        confluent_prefixes=["192.0.2.10/32"],
        operator_cidrs=["203.0.113.0/24"],
        settings=settings,
    )
    return SinkTargets("fraud-dev", args)


def test_a_disabled_sink_creates_nothing_and_has_no_connection() -> None:
    found: list[SinkTargets] = []
    made = record_component(lambda: found.append(targets()))
    assert set(made) == {"fraud-dev"}
    assert found[0].connections == {} and found[0].outputs == {}


def test_an_enabled_sink_has_a_connection() -> None:
    found: list[SinkTargets] = []
    settings = SnowflakeSettings(organization="ORG", account="ACC", database="FRAUD")
    made = record_component(lambda: found.append(targets(snowflake=settings)))
    assert found[0].connections["snowflake"].user == "FRAUD_CFLT_SINK" and len(found[0].connections) == 1
    assert "fraud-dev-snowflake-database" in made


def test_the_snowflake_sdk_is_not_imported_while_the_sink_is_off() -> None:
    code = "import sys, components.sinks.targets; sys.exit('pulumi_snowflake' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0, "components.sinks.targets imports pulumi_snowflake, which takes a second"
