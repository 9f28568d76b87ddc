"""OracleHost on its recorded plan: network, rights, encryption, protection and order."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from plan import Plan, record
from plan.model import Resource
from tests import plans
from tests.ids import arn_of, id_of

ROOT = Path(__file__).resolve().parents[2]
KEY = "arn:aws:kms:us-east-1:123456789012:key/k"
PROGRAM = """
import pulumi
import pulumi_aws as aws
from components.oracle.host import OracleHost, OracleHostArgs
from components.aws_context import AwsContext
from components.oracle.settings import OracleSettings

host = OracleHost(
    "fraud-prod-oracle",
    OracleHostArgs(
        context=AwsContext(
            region="us-east-1", account_id="123456789012",
            kms_key_arn="arn:aws:kms:us-east-1:123456789012:key/k", protect=PROTECT,
        ),
        vpc_id="vpc-1", subnet_id="subnet-data", availability_zone="us-east-1a",
        listener_subnet_ids=["subnet-a", "subnet-b"],
        confluent_prefix_list_id="pl-confluent",
        ami_id="ami-1",
        settings=OracleSettings(image="registry.example/oracle-xe@sha256:" + "a" * 64, slots="ab"),
        network_ready=[aws.ec2.InternetGateway("internet", vpc_id="vpc-1")],
    ),
)
pulumi.export("app_password", host.app_database.password)
pulumi.export("connector_password", host.connection.password)
pulumi.export("ready", [one.urn for one in host.connection.ready])
"""


def recorded(folder: Path, *, protect: bool) -> Plan:
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text(PROGRAM.replace("PROTECT", str(protect)))
    return record("dev", folder, mode="both")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """As in production: protected."""
    return recorded(tmp_path_factory.mktemp("protected"), protect=True)


Find = Callable[[str], Resource]


@pytest.fixture(scope="module")
def find(plan: Plan) -> Find:
    """A resource by its name's end."""
    by_name = {resource.name: resource for resource in plan.resources}
    return lambda end: by_name[f"fraud-prod-oracle{end}"]


def of_type(plan: Plan, ending: str) -> list[Resource]:
    found = [resource for resource in plan.resources if resource.type.endswith(f":{ending}")]
    assert found, f"the plan has no {ending}"
    return found


def test_nobody_but_confluent_and_the_load_balancer_gets_in(plan: Plan, find: Find) -> None:
    rules = {
        (rule.inputs["securityGroupId"], rule.inputs["fromPort"], rule.inputs["toPort"]): rule.inputs
        for rule in of_type(plan, "SecurityGroupIngressRule")
    }
    host, balancer = id_of(find("-sg")), id_of(find("-nlb-sg"))
    assert set(rules) == {(host, 1521, 1521), (balancer, 1521, 1521)}, "one port, and no rule more"
    assert rules[host, 1521, 1521]["referencedSecurityGroupId"] == balancer
    assert rules[balancer, 1521, 1521]["prefixListId"] == "pl-confluent"
    for rule in rules.values():
        assert rule["description"] and "cidrIpv4" not in rule and rule["ipProtocol"] == "tcp"
    assert find("-nlb").inputs["securityGroups"] == [balancer], "a load balancer without a group admits everyone"
    assert find("").inputs["vpcSecurityGroupIds"] == [host]


def test_the_host_reaches_https_alone_and_the_load_balancer_the_host_alone(plan: Plan, find: Find) -> None:
    rules = {rule.inputs["securityGroupId"]: rule.inputs for rule in of_type(plan, "SecurityGroupEgressRule")}
    assert len(of_type(plan, "SecurityGroupEgressRule")) == 2
    host, balancer = rules[id_of(find("-sg"))], rules[id_of(find("-nlb-sg"))]
    assert (host["fromPort"], host["toPort"], host["cidrIpv4"]) == (443, 443, "0.0.0.0/0")
    assert (balancer["fromPort"], balancer["toPort"]) == (1521, 1521)
    assert balancer["referencedSecurityGroupId"] == id_of(find("-sg")) and "cidrIpv4" not in balancer


def test_the_host_is_private_and_has_no_key_and_no_user_data(plan: Plan, find: Find) -> None:
    host = find("").inputs
    assert host["subnetId"] == "subnet-data" and host["associatePublicIpAddress"] is False
    assert "keyName" not in host and not [one for one in plan.resources if one.type.endswith(":KeyPair")]
    assert "userData" not in host and "userDataBase64" not in host
    assert host["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    assert host["monitoring"] is True


def test_everything_at_rest_is_under_the_stacks_key(find: Find) -> None:
    root = find("").inputs["rootBlockDevice"]
    data = find("-data").inputs
    for volume in (root, data):
        assert volume["encrypted"] is True and volume["kmsKeyId"] == KEY
    assert (root["volumeType"], data["type"]) == ("gp3", "gp3")
    assert find("-passwords").inputs["kmsKeyId"] == KEY
    log = find("-log").inputs
    assert log["kmsKeyId"] == KEY and log["retentionInDays"] == 30


def test_the_host_may_read_its_secret_use_its_key_and_write_its_log_and_no_more(plan: Plan, find: Find) -> None:
    statements = json.loads(find("-policy").inputs["policy"])["Statement"]
    assert all(statement["Effect"] == "Allow" for statement in statements)
    rights = {statement["Sid"]: (statement["Action"], statement["Resource"]) for statement in statements}
    log = arn_of(find("-log"))
    assert rights == {
        "OwnPasswords": ("secretsmanager:GetSecretValue", arn_of(find("-passwords"))),
        "KeyOfThePasswords": ("kms:Decrypt", KEY),
        "OwnLog": (["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [log, f"{log}:*"]),
        "FindOwnLog": ("logs:DescribeLogGroups", "arn:aws:logs:us-east-1:123456789012:log-group:*"),
    }
    [key] = [statement for statement in statements if statement["Action"] == "kms:Decrypt"]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}
    managed = {one.inputs["policyArn"] for one in of_type(plan, "RolePolicyAttachment")}
    assert managed == {
        "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole",
    }
    assert find("").inputs["iamInstanceProfile"] == id_of(find("-profile"))


def test_the_roles_are_taken_on_by_one_service_each(find: Find) -> None:
    for role, service in (("-role", "ec2"), ("-snapshots-role", "dlm")):
        [statement] = json.loads(find(role).inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": f"{service}.amazonaws.com"}
        assert statement["Action"] == "sts:AssumeRole"


def test_what_holds_data_is_protected_in_production_and_nothing_else(plan: Plan, tmp_path: Path) -> None:
    protected = {one.name for one in plan.resources if one.options.get("protect")}
    assert protected == {"fraud-prod-oracle-data", "fraud-prod-oracle-passwords"}
    unprotected = recorded(tmp_path, protect=False)
    assert not [one.name for one in unprotected.resources if one.options.get("protect")]
    inputs = {one.name: one.inputs for one in unprotected.resources}
    assert inputs["fraud-prod-oracle-passwords"]["recoveryWindowInDays"] == 0, "a second deploy needs the name again"
    assert inputs["fraud-prod-oracle-data"]["finalSnapshot"] is False
    kept = {one.name: one.inputs for one in plan.resources}
    assert kept["fraud-prod-oracle-passwords"]["recoveryWindowInDays"] == 30
    assert kept["fraud-prod-oracle-data"]["finalSnapshot"] is True


def test_the_data_outlives_the_host(find: Find) -> None:
    assert find("").options["ignoreChanges"] == ["ami"], "a newer AMI would replace the host"
    attachment = find("-data-attachment")
    assert attachment.inputs["stopInstanceBeforeDetaching"] is True
    assert attachment.options["deleteBeforeReplace"] is True, "a volume hangs on one host at a time"
    policy = find("-snapshots").inputs["policyDetails"]
    assert policy["targetTags"] == {"Name": find("-data").inputs["tags"]["Name"]}
    [schedule] = policy["schedules"]
    assert schedule["createRule"]["interval"] == 24 and schedule["retainRule"]["count"] == 7


def names_of(urns: Sequence[str]) -> set[str]:
    return {urn.rsplit("::", 1)[1].removeprefix("fraud-prod-oracle") for urn in urns}


def test_the_host_starts_when_it_can_register(find: Find) -> None:
    needed = {"-ssm", "-policy", "-to-https"}
    assert needed <= names_of(find("").dependencies), "the agent that cannot register at first tries again late"


def test_the_bootstrap_runs_when_volume_and_secret_are_there_and_anew_when_they_change(find: Find) -> None:
    ready = find("-ready")
    assert {"-data-attachment", "-passwords-version", "-bootstrap", "", "-log"} <= names_of(ready.dependencies)
    version, instance, volume, slot, secret = ready.inputs["triggers"]
    assert len(version) == 64 and slot == "a"
    assert (instance, volume) == (id_of(find("")), id_of(find("-data")))
    assert secret == id_of(find("-passwords-version")).rpartition("|")[2], "the version of the secret"
    assert ready.inputs["create"] == ".venv/bin/python -m components.oracle.wait"
    assert ready.options["customTimeouts"] == {"create": "75m", "update": "75m"}


def test_the_waiter_gets_all_that_it_asks_for_and_no_secret(find: Find) -> None:
    from components.oracle.wait import NEEDED

    environment = find("-ready").inputs["environment"]
    assert set(environment) == set(NEEDED)
    assert environment["DOCUMENT_VERSION"] == "1"
    assert json.loads(environment["PARAMETERS"]) == {
        "SecretArn": [arn_of(find("-passwords"))],
        "VolumeId": [id_of(find("-data"))],
    }
    assert "[secret]" not in environment.values()


def test_no_password_is_anywhere_in_the_plan(plan: Plan, find: Find) -> None:
    assert find("-passwords-version").inputs["secretString"] == "[secret]"
    assert plan.outputs["app_password"] == plan.outputs["connector_password"] == "[secret]"
    assert "simulated-secret" not in plan.to_json()


def test_a_connector_waits_for_the_way_in_and_for_the_database(plan: Plan) -> None:
    waited = names_of(plan.outputs["ready"])
    assert waited == {"-listener", "-target", "-nlb-from-confluent", "-nlb-to-host", "-from-nlb", "-ready"}


def test_the_load_balancer_forwards_one_port_to_the_host(find: Find) -> None:
    balancer, group, listener = find("-nlb").inputs, find("-tg").inputs, find("-listener").inputs
    assert (balancer["loadBalancerType"], balancer["internal"]) == ("network", False)
    assert balancer["subnets"] == ["subnet-a", "subnet-b"] and balancer["enableCrossZoneLoadBalancing"] is True
    off = balancer.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    assert off is None, "a load balancer on the internet must not switch its security group off for anybody"
    assert (group["port"], group["protocol"], group["targetType"]) == (1521, "TCP", "instance")
    assert group["preserveClientIp"] == "false" and group["healthCheck"]["protocol"] == "TCP"
    assert (listener["port"], listener["protocol"]) == (1521, "TCP")
    assert listener["defaultActions"] == [{"type": "forward", "targetGroupArn": arn_of(find("-tg"))}]
    assert find("-target").inputs["targetId"] == id_of(find(""))


def test_a_load_balancer_is_made_after_the_way_to_the_internet_and_goes_before_it(find: Find) -> None:
    assert names_of(find("-nlb").options["dependsOn"]) == {"internet"}, "AWS refuses it while the VPC has no gateway"


def test_names_of_at_most_32_characters_do_not_depend_on_the_deployments(find: Find) -> None:
    for end in ("-nlb", "-tg"):
        inputs = find(end).inputs
        assert "name" not in inputs and len(inputs["namePrefix"]) <= 6, "the provider adds 26 characters"


def test_the_bootstrap_document_is_a_command(find: Find) -> None:
    made: dict[str, Any] = find("-bootstrap").inputs
    assert made["documentType"] == "Command" and json.loads(made["content"])["schemaVersion"] == "2.2"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_stacks_put_the_host_into_a_private_subnet(stack: str) -> None:
    whole = plans.recorded(stack)
    (host,) = whole.of_type("aws:ec2/instance:Instance")
    subnets = {id_of(subnet): subnet for subnet in whole.of_type("aws:ec2/subnet:Subnet")}
    assert "-data-" in subnets[host.inputs["subnetId"]].name, "a public subnet routes to the internet"
    for association in whole.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation"):
        if association.inputs["subnetId"] == host.inputs["subnetId"]:
            routes = [
                route.inputs
                for route in whole.of_type("aws:ec2/route:Route")
                if route.inputs["routeTableId"] == association.inputs["routeTableId"]
            ]
            assert routes and not any(route.get("gatewayId") for route in routes), "its way out must be the NAT gateway"
