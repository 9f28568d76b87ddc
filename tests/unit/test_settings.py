"""Settings: all problems in one error, before anything is made; secrets never quoted."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pulumi
import pytest
import yaml

from stacks import settings
from stacks.config import SettingsError

ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("oraclePassword", "redshiftPassword", "opensearchPassword", "snowflakePrivateKey")


def load(secret: tuple[str, ...] = SECRETS, **config: str) -> settings.Settings:
    """Settings of a stack whose secrets are set and whose other keys are as given."""
    pulumi.runtime.settings.configure(pulumi.runtime.Settings(project="fraud-detection", stack="dev"))
    values = {f"fraud-detection:{key}": "hush-hush" for key in SECRETS} | {
        f"fraud-detection:{key}": value for key, value in config.items()
    }
    pulumi.runtime.set_all_config(values, [f"fraud-detection:{key}" for key in secret])
    return settings.load()


def problems(**config: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(SECRETS, **config)
    assert "hush-hush" not in str(caught.value), "a secret stands in an error"
    return caught.value.problems


def test_the_defaults_are_valid():
    loaded = load()
    assert loaded.rules.large_amount == Decimal("1000.00")
    assert loaded.streaming.partitions == 4
    assert loaded.redshift and loaded.opensearch and loaded.snowflake


def test_every_problem_is_in_one_error():
    found = problems(region="mars-1", partitions="none", burstAmount="1.234", clusterTyp="basic", flinkMaxCfu="7")
    text = "\n".join(found)
    for expected in ("region: 'mars-1'", "partitions: 'none'", "burstAmount: '1.234'", "flinkMaxCfu: '7'"):
        assert expected in text, f"the error does not mention {expected}"
    assert "clusterTyp: no such key; did you mean clusterType?" in found
    assert len(found) == 5


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("windowMinutes", "0"), ("burstCount", "-1"), ("burstCount", "1.5"), ("burstAmount", "NaN"),
        ("largeAmount", "0"), ("largeAmount", "1e3x"), ("homePrefix", "10.' OR 1=1 --"), ("homePrefix", ""),
        ("stateTtlHours", "0"), ("clusterType", "gigantic"), ("availability", "HIGH"), ("cku", "2"),
        ("sinks", '["redshift", "bigquery"]'), ("sinks", "redshift"), ("sinks", '["redshift", "redshift"]'),
        ("activeKeySlot", "b"), ("opensearchUrl", "http://plain"), ("oracleHost", "h:1521"),
        ("oracleProcessorLicenses", "0"), ("snowflakeDatabase", "a b"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_name(key, value):
    found = problems(**{key: value})
    assert any(problem.startswith(f"{key}: ") for problem in found), found


def test_the_active_slot_must_exist():
    assert any(p.startswith("activeKeySlot: 'a'") for p in problems(keySlots="[]"))


def test_a_dedicated_cluster_needs_units():
    assert any(p.startswith("cku: 0") for p in problems(clusterType="dedicated"))
    assert any("2 or more" in p for p in problems(clusterType="dedicated", availability="MULTI_ZONE", cku="1"))
    assert load(clusterType="dedicated", availability="MULTI_ZONE", cku="2").streaming.cku == 2


def test_state_must_outlive_the_window():
    assert any("stateTtlHours" in p for p in problems(windowMinutes="90", stateTtlHours="1"))


def test_a_secret_in_plaintext_is_refused():
    with pytest.raises(SettingsError, match="redshiftPassword: stored in plaintext") as caught:
        load(secret=("oraclePassword", "opensearchPassword", "snowflakePrivateKey"))
    assert "hush-hush" not in str(caught.value)


def test_a_missing_secret_is_needed_only_with_its_sink():
    pulumi.runtime.settings.configure(pulumi.runtime.Settings(project="fraud-detection", stack="dev"))
    key = "fraud-detection:oraclePassword"
    pulumi.runtime.set_all_config({key: "hush-hush", "fraud-detection:sinks": "[]"}, [key])
    assert settings.load().redshift is None
    pulumi.runtime.set_all_config({key: "hush-hush"}, [key])
    with pytest.raises(SettingsError, match="redshiftPassword: missing secret; fix: pulumi config set --secret"):
        settings.load()


def test_every_declared_key_has_type_description_and_default():
    for key, declared in yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"].items():
        assert declared.get("type") and declared.get("description"), f"{key}: say its type and what it is"
        assert declared.get("secret") or "default" in declared, f"{key}: give it a default"
