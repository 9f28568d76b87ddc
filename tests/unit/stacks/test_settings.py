"""Settings: one error with all problems and without secrets, before anything is created."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.confluent.settings import StreamingSettings
from components.contracts import reserved, score
from components.contracts.stack_file import RECORDED
from components.sinks.opensearch.store import DOMAIN_NAME
from stacks import settings
from stacks.settings import SettingsError, declaration, general, reader

ROOT = Path(__file__).resolve().parents[3]
SECRET = "snowflakeAdminKey"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0"
NEEDED = {
    SECRET: "hush-hush",
    "oracleProcessorLicenses": "1",
    "operatorCidrs": '["203.0.113.10/32"]',
    "appIngressCidrs": '["203.0.113.0/24"]',
}
PRODUCTION = {
    "environment": "production",
    "natGateways": "per-zone",
    "opensearchNodes": "3",
    "appCertificateArn": CERTIFICATE,
    "appHostname": "payments.example.com",
    "generatorRate": "0",
    "alarmEmails": '["oncall@example.com"]',
}


OWN = {
    "operatorCidrs": '["81.2.69.142/32"]',
    "appIngressCidrs": '["81.2.69.0/24"]',
    "snowflakeOrganization": "BANK",
    "snowflakeAccount": "MAIN",
}
"""What is a placeholder otherwise."""


def load(stack: str = "dev", /, *, encrypted: Any = True, recorded: Any = True, **config: Any) -> settings.Settings:
    """A stack's settings from these keys and the required ones, read as by the recorder or the engine."""
    pulumi.runtime.settings.configure(pulumi.runtime.Settings(project="fraud-detection", stack=stack))
    values = NEEDED | config
    secret = [f"fraud-detection:{name}" for name in (SECRET, "operators")] if encrypted else []
    full = {f"fraud-detection:{key}": value for key, value in values.items()}
    pulumi.runtime.set_all_config(full | ({RECORDED: "true"} if recorded else {}), secret)
    return settings.load()


def problems(stack: str = "dev", /, **config: Any) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(stack, **config)
    assert "hush-hush" not in str(caught.value), "an error contains a secret"
    return caught.value.problems


def refused(key: str, found: tuple[str, ...]) -> bool:
    return any(problem.startswith((f"{key}: ", f"{key}, ")) or f", {key}: " in problem for problem in found)


def test_the_defaults_are_valid() -> None:
    loaded = load()
    assert loaded.streaming.large_amount == Decimal("1000.00")
    assert loaded.streaming.partitions == 4
    assert loaded.network.availability_zones == ("a", "b", "c")
    assert tuple(loaded.stores) == loaded.connectors == ("redshift", "opensearch", "snowflake")
    assert loaded.general.deployment == "dev", "the deployment defaults to the stack's name"


def test_a_huge_value_is_cut_in_the_error() -> None:
    found = problems(partitions="9" * 5000, owner="")
    assert refused("partitions", found) and refused("owner", found)
    assert max(map(len, found)) < 500, "an error contains the whole huge value"


def test_production_with_its_own_values_is_valid() -> None:
    assert load(**PRODUCTION).general.production


def test_every_problem_is_in_one_error() -> None:
    found = problems(region="mars-1", partitions="none", burstAmount="1.234", clusterTyp="basic", flinkMaxCfu="7")
    text = "\n".join(found)
    for expected in ("region: 'mars-1'", "partitions: 'none'", "burstAmount: '1.234'", "flinkMaxCfu: '7'"):
        assert expected in text, f"the error does not mention {expected}"
    assert "clusterTyp: no such key; did you mean clusterType?" in found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("partitions", "61"), ("cku", "153"), ("appMaxReplicas", "101"), ("windowMinutes", "0"),
        ("burstCount", "-1"), ("burstCount", "1.5"), ("burstAmount", "NaN"),
        ("largeAmount", "0"), ("largeAmount", "1e3x"), ("homePrefix", "10.' OR 1=1 --"), ("homePrefix", ""),
        ("stateTtlHours", "0"), ("clusterType", "gigantic"), ("availability", "HIGH"), ("cku", "2"),
        ("alarmEmails", '["oncall"]'), ("alarmEmails", '["a b@c.io"]'), ("alarmEmails", "a@b.io"),
        ("monthlyBudget", "-1"), ("monthlyBudget", "500"),  # nobody would be told
        ("sinks", '["redshift", "bigquery"]'), ("sinks", "redshift"), ("sinks", '["redshift", "redshift"]'),
        ("confluentSlots", "aa"), ("redshiftSlots", "c"), ("oracleProcessorLicenses", "-1"),
        ("snowflakeDatabase", "a b"), ("layer", "half"), ("environment", "prod"), ("deployment", "Capital"),
        ("deployment", "much-too-long-a-name"), ("owner", ""), ("vpcCidr", "10.0.0.0/33"), ("vpcCidr", "10.0.0.1/16"),
        ("vpcCidr", "8.8.0.0/16"), ("vpcCidr", "ten"), ("vpcCidr", "10.0.0.0/26"), ("availabilityZones", '["a"]'),
        ("availabilityZones", '["a", "x"]'), ("natGateways", "none"), ("interfaceEndpoints", "perhaps"),
        ("operatorCidrs", '["203.0.113.7/24"]'), ("operatorCidrs", '["everywhere"]'), ("operatorCidrs", "{}"),
        ("confluentEgressPrefixes", '["1.2.3.4.5/32"]'), ("logRetentionDays", "31"),
        ("oracleInstanceType", "large"), ("oracleVolumeGib", "1"), ("oracleImage", "an image"),
        ("redshiftPause", "tonight"), ("redshiftPause", "0 19 * * *"), ("redshiftPause", "rate(0 19 ? * * *)"),
        ("redshiftPause", "cron(0 19 ? * * *"), ("redshiftPause", "cron(0 19 * * *)"),
        ("availabilityZones", '["a", "a"]'), ("availabilityZones", '["a", "A"]'), ("confluentPrefixQuota", "0"),
        ("confluentPrefixQuota", "1001"), ("opensearchVersion", "2.11"), ("opensearchInstanceType", "t3.small"),
        ("opensearchNodes", "0"), ("kubernetesVersion", "1.31"), ("kubernetesVersion", "latest"),
        ("adminRoleArns", '["somebody"]'), ("appImage", "app:latest"), ("appCertificateArn", "mine"),
        ("appHostname", "Not a host"), ("appHostname", "short"), ("vpcCidr", "172.20.0.0/16"),
        ("vpcCidr", "172.17.0.0/16"),
        ("operatorCidrs", '["10.0.0.0/7"]'), ("operatorCidrs", '["8.0.0.0/7"]'),
        ("operatorCidrs", '["10.0.0.0/8", "10.1.0.0/16"]'),
        ("appIngressCidrs", '["10.0.0.0/8", "10.0.0.0/8"]'), ("confluentEgressPrefixes", '["10.0.0.0/8"]'),
        ("oracleVolumeGib", "39"), ("oracleInstanceType", "m7g.large"), ("oracleImage", "registry/oracle:latest"),
        ("opensearchNodes", "5"), ("snowflakeDatabase", "fraud"), ("snowflakeSchema", "a"),
        ("redshiftDatabase", "_fraud"),
        ("adminRoleArns", '["arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/x/a"]'),
        ("appMinReplicas", "1"), ("generatorRate", "-1"),
        ("deployment", "a--b"), ("deployment", "a-"), ("deployment", "twelve-chars"), ("burstAmount", "1e999999"),
        ("largeAmount", "9" * 5000), ("sinks", "9" * 5000), ("operatorCidrs", "[" * 5000),
        ("adminRoleArns", "9" * 5000),
        ("oracleImage", f"registry/{'x' * 70_000}:1"), ("redshiftPause", "cron(99 99 99 99 99 99)"),
        ("redshiftPause", "cron(0 8 * * * *)"), ("snowflakeOrganization", "x" * 500), ("snowflakeAccount", "-"),
        ("snowflakeSchema", "INFORMATION_SCHEMA"), ("snowflakeDatabase", "SNOWFLAKE"),
        ("adminRoleArns", '["arn:aws:iam::123456789012:role/a/"]'), ("operatorCidrs", '["10.1.0.0/16"]'),
        ("operatorCidrs", '["127.0.0.1/32"]'), ("homePrefix", "10"), ("homePrefix", "fe80"), ("homePrefix", "10.0"),
        ("deployment", "aws"), ("deployment", "default"), ("deployment", "kube-system"), ("redshiftDatabase", "select"),
        ("redshiftDatabase", "template1"), ("snowflakeSchema", "TABLE"), ("snowflakeSchema", "PUBLIC"),
        ("snowflakeDatabase", "USER"), ("scoreThreshold", "0"), ("scoreThreshold", "0.0099"),
        ("scoreThreshold", "1.01"), ("scoreThreshold", "NaN"), ("scoreThreshold", "0.50001"),
        ("scoreThreshold", "half"), ("scoreWeights", ""), ("episodeHours", "0"), ("episodeHours", "721"),
        ("episodeHours", "1.5"),
        ("scoreWeights", "../weights.yaml"), ("scoreWeights", "weights.yml"), ("scoreWeights", "my weights.yaml"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_by_name(key: str, value: str) -> None:
    found = problems(**{key: value})
    assert refused(key, found), found


@pytest.mark.parametrize(
    ("key", "config"),
    [
        ("connectors", {"sinks": '["redshift"]', "connectors": '["redshift", "opensearch"]'}),
        ("redshiftResume", {"redshiftPause": "cron(0 19 ? * MON-FRI *)"}),
        ("redshiftResume", {"redshiftPause": "cron(0 1 ? * * *)", "redshiftResume": "cron(0 1 ? * * *)"}),
        (
            "appCertificateArn",
            {"appCertificateArn": CERTIFICATE.replace("us-east-1", "eu-west-1"), "appHostname": "a.example.com"},
        ),
        ("platformStack", {"layer": "streaming"}),
        ("platformStack", {"layer": "streaming", "platformStack": "me/fraud-detection/dev"}),
        ("platformStack", {"layer": "streaming", "platformStack": "me/other/prod"}),
        ("platformStack", {"platformStack": "me/fraud-detection/dev"}),
        ("connectivity", {"clusterType": "enterprise", "availability": "LOW"}),
        ("connectivity", {"connectivity": "privatelink"}),
        (
            "availabilityZones",
            {"connectivity": "privatelink", "clusterType": "dedicated", "cku": "1", "availabilityZones": '["a", "b"]'},
        ),
        ("connectors", {"connectivity": "privatelink", "clusterType": "enterprise", "availability": "LOW"}),
        (
            "connectors",
            {
                "connectivity": "privatelink",
                "clusterType": "enterprise",
                "availability": "LOW",
                "connectors": '["snowflake"]',
            },
        ),
        ("appMaxReplicas", {"appMinReplicas": "5", "appMaxReplicas": "3"}),
        ("operatorCidrs", {"operatorCidrs": '["0.0.0.0/0"]'}),
        ("oracleProcessorLicenses", {"oracleProcessorLicenses": "0"}),
        ("stateTtlHours", {"windowMinutes": "60", "stateTtlHours": "1"}),
        ("burstAmount", {"burstAmount": "20000", "largeAmount": "1000"}),
        ("burstAmount", {"burstAmount": "39.61", "largeAmount": "1.00", "burstCount": "39"}),
        ("cku", {"clusterType": "dedicated"}),
        ("cku", {"clusterType": "dedicated", "availability": "MULTI_ZONE", "cku": "1"}),
        ("snowflakeAdminKey", {"snowflakeAdminKey": ""}),
        ("operatorCidrs", {"operatorCidrs": "[]"}),
        ("appIngressCidrs", {"appIngressCidrs": "[]"}),
        ("appIngressCidrs", {"appIngressCidrs": '["0.0.0.0/0"]'}),
        ("appHostname", {"appCertificateArn": CERTIFICATE}),
    ],
)
def test_settings_that_contradict_each_other_are_refused(key: str, config: dict[str, str]) -> None:
    found = problems(**config)
    assert refused(key, found), found


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("appIngressCidrs", '["0.0.0.0/0"]'), ("appCertificateArn", ""), ("generatorRate", "5"),
        ("natGateways", "single"), ("opensearchNodes", "1"), ("opensearchNodes", "2"),
    ],
)  # fmt: skip
def test_production_refuses_values_that_development_allows(key: str, value: str) -> None:
    secure = {"appCertificateArn": CERTIFICATE, "appHostname": "payments.example.com"}
    assert load(**(secure | {"appHostname": "" if key == "appCertificateArn" else "payments.example.com", key: value}))
    assert refused(key, problems(**(PRODUCTION | {key: value})))


def test_operators_may_have_a_network_as_wide_as_an_8() -> None:
    assert load(operatorCidrs='["81.0.0.0/8"]').general.operator_cidrs == ("81.0.0.0/8",)


def test_the_greatest_burst_that_a_window_can_hold_is_allowed() -> None:
    greatest = load(burstCount="63", burstAmount="63.36", largeAmount="1.00").streaming
    assert greatest.burst_amount == greatest.most_small, "64 payments, one more than are allowed, of 0.99 each"


@pytest.mark.parametrize(
    "cluster",
    [
        *({"clusterType": kind, "availability": zones}
          for kind in ("basic", "standard") for zones in ("SINGLE_ZONE", "MULTI_ZONE")),
        {"clusterType": "dedicated", "availability": "SINGLE_ZONE", "cku": "1"},
        {"clusterType": "dedicated", "availability": "MULTI_ZONE", "cku": "2", "connectivity": "privatelink"},
        {"clusterType": "enterprise", "availability": "LOW", "connectivity": "privatelink"},
        {"clusterType": "enterprise", "availability": "HIGH", "connectivity": "privatelink"},
        # Only a private dedicated cluster's network needs a third zone.
        {"clusterType": "enterprise", "availability": "LOW", "connectivity": "privatelink",
         "availabilityZones": '["a", "b"]'},
        {"clusterType": "dedicated", "availability": "SINGLE_ZONE", "cku": "1", "availabilityZones": '["a", "b"]'},
    ],
)  # fmt: skip
def test_every_cluster_type_of_confluent_is_allowed(cluster: dict[str, str]) -> None:
    loaded = load(**cluster, confluentEgressPrefixes='["198.51.100.0/28"]').confluent
    assert (loaded.cluster_type, loaded.availability) == (cluster["clusterType"], cluster["availability"])


def test_a_private_cluster_without_connectors_needs_no_egress_prefixes() -> None:
    private = {"connectivity": "privatelink", "clusterType": "enterprise", "availability": "LOW"}
    assert load(**private, connectors="[]").confluent.private
    (problem,) = problems(**private)
    assert "confluentEgressPrefixes" in problem and "privatelink" in problem, problem


def test_a_pausing_warehouse_is_refused_in_production() -> None:
    sleep = {"redshiftPause": "cron(0 19 ? * MON-FRI *)", "redshiftResume": "cron(0 5 ? * MON-FRI *)"}
    assert load(**sleep).stores["redshift"]
    assert refused("redshiftPause", problems(**PRODUCTION, **sleep)), "the connector of a paused warehouse fails"


def test_a_stack_name_that_is_no_deployment_name_is_refused_with_the_key() -> None:
    assert refused("deployment", problems("my_very_own_stack"))
    assert load("my_very_own_stack", deployment="mine").general.deployment == "mine"


def test_a_secret_in_plaintext_is_refused() -> None:
    with pytest.raises(SettingsError, match="snowflakeAdminKey: stored in plaintext") as caught:
        load(encrypted=False)
    assert "hush-hush" not in str(caught.value)


def test_operators_are_checked_before_a_deploy_without_quoting_them() -> None:
    operators = '{"anna": "hush-hush", "an na": 7}'
    found = problems(recorded=False, operators=operators, **OWN)
    assert len(found) == 3 and all(problem.startswith("operators: ") for problem in found), found
    assert "the entry of 'anna' is no hash" in found[0] and "pulumi config set --secret operators" in found[0]
    assert load(operators=operators), "the recorder has a placeholder for each secret"
    good = json.dumps({"anna": "pbkdf2_sha256$1000000$salt$" + "a" * 43 + "="})
    assert isinstance(load(recorded=False, operators=good, **OWN).app.operators, pulumi.Output)
    assert load(recorded=False, **OWN).app.operators is None, "without operators the page is only read"


def test_operators_in_plaintext_are_refused() -> None:
    with pytest.raises(SettingsError, match="operators: stored in plaintext"):
        load(encrypted=False, operators="{}")


def test_a_secret_is_needed_only_with_its_sink() -> None:
    assert load(snowflakeAdminKey="", sinks="[]", connectors="[]").stores == {}
    assert load(snowflakeAdminKey="", layer="streaming", platformStack="me/fraud-detection/platform")


def test_a_streaming_layer_needs_no_networks_of_operators_and_users() -> None:
    layer = {"layer": "streaming", "platformStack": "me/fraud-detection/platform"}
    assert load(operatorCidrs="[]", appIngressCidrs="[]", **layer).general.operator_cidrs == ()


@pytest.mark.parametrize(("path", "text"), [
    ("Pulumi.yaml", declaration.project_file((ROOT / "Pulumi.yaml").read_text())),
    ("docs/configuration.md", declaration.reference()),
])  # fmt: skip
def test_generated_files_are_current(path: str, text: str) -> None:
    assert (ROOT / path).read_text() == text, f"{path} is outdated; run: make config"


def test_every_key_has_a_description_and_an_allowed_default() -> None:
    for key, field in declaration.keys().items():
        assert field.description and field.description.endswith("."), f"{key}: describe it, in sentences"
    assert not load().general.production


def test_a_components_settings_report_field_value_and_allowed_values() -> None:
    with pytest.raises(ValueError, match="2 validation errors") as caught:
        StreamingSettings(partitions=61, home_prefix="10")
    assert "partitions\n  61 is not allowed; allowed: a whole number from 1 to 60" in str(caught.value)
    with pytest.raises(ValueError, match="state_ttl_hours is 1; allowed: more than the window of 90 minutes"):
        StreamingSettings(window_minutes=90, state_ttl_hours=1)


def test_the_longest_deployment_fits_into_the_shortest_name() -> None:
    """The shortest limit is an OpenSearch domain's; load balancers, with 32, use a prefix."""
    domain = f"fraud-{'x' * general.LONGEST_DEPLOYMENT}-opensearch"
    assert DOMAIN_NAME.fullmatch(domain), f"{domain} is too long for a domain: allow shorter deployments"


# The engine --------------------------------------------------------------------------------------------------------


def test_the_recorder_accepts_placeholders_and_the_engine_reports_them_all() -> None:
    load(**PRODUCTION)
    found = problems("other", recorded=False, **PRODUCTION, appImage="registry.example/app@sha256:" + "7" * 64)
    wanted = {"operatorCidrs", "appIngressCidrs", "appCertificateArn", "appHostname", "appImage", "alarmEmails"}
    wanted |= {"snowflakeOrganization", "snowflakeAccount"}
    assert {problem.partition(":")[0] for problem in found} == wanted
    for problem in found:
        key = problem.partition(":")[0]
        where = f"--path '{key}[0]'" if key.endswith(("Cidrs", "Emails")) else key
        assert f"pulumi config set {where} <value>" in problem, "the error must show the command"


def test_the_engine_accepts_real_values() -> None:
    assert load("other", recorded=False, **OWN).stores["snowflake"]


def test_placeholders_of_disabled_sinks_are_ignored() -> None:
    own = {key: value for key, value in OWN.items() if not key.startswith("snowflake")}
    load("other", recorded=False, **own, sinks='["redshift"]', connectors='["redshift"]')


def test_a_streaming_layer_needs_no_account_names() -> None:
    load("other", recorded=False, layer="streaming", platformStack="me/fraud-detection/prod")


def test_values_that_the_engine_changed_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Pulumi.own.yaml").write_text("config:\n  fraud-detection:snowflakeAccount: 0123456\n")
    monkeypatch.setattr(reader, "ROOT", tmp_path)
    found = problems("own", recorded=False, **OWN | {"snowflakeAccount": "42798"})
    assert found == ('snowflakeAccount: 0123456 is a number to the engine (42798); fix: write "0123456" in quotes',)


@pytest.mark.parametrize("prefix", ["10.", "192.168.", "10.0.0.5", "fd00:", "2001:db8::1", "::ffff:10."])
def test_a_home_prefix_ends_at_a_part_of_an_address(prefix: str) -> None:
    assert load(homePrefix=prefix).streaming.home_prefix == prefix


def test_reserved_words_have_the_case_of_allowed_names() -> None:
    assert all(map(str.isupper, reserved.SNOWFLAKE)) and all(map(str.islower, reserved.REDSHIFT | reserved.DEPLOYMENT))


def test_weights_that_are_not_there_are_told_before_anything_is_made() -> None:
    (found,) = problems(scoreWeights="challenger.yaml")
    assert found.startswith("flink_sql/score/challenger.yaml: No such file or directory; restore it, or set scoreW")


def test_each_mistake_in_the_files_of_the_score_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree(score.FOLDER, tmp_path / "flink_sql" / "score")
    monkeypatch.setattr(score, "FOLDER", copy)
    text = (copy / "weights.yaml").read_text(encoding="utf-8")
    (copy / "weights.yaml").write_text(text.replace("version: 1", "version: 7").replace("id: s", "id: /s"))
    found = problems(burstCount="-1")
    assert [problem.split(": ")[:2] for problem in found[1:]] == [
        ["flink_sql/score/weights.yaml", "version"],
        ["flink_sql/score/weights.yaml", "id"],
    ], "with the other problems, one a line"
