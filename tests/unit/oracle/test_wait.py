"""The waiter of the Oracle bootstrap: real boto3 against a small server that imitates SSM and CloudWatch Logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from components.oracle import wait
from components.waiting import Deadline
from tests.unit.server import Answer, Prepared, Request, run_module, serving

VERSION = "f" * 64
INSTANCE = "i-0123456789abcdef0"


class Aws(Prepared):
    """Answers by operation; `asked` are the requests."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def respond(self, request: Request) -> Answer:
        operation = request.headers["x-amz-target"].rsplit(".", 1)[1]
        self.asked.append((operation, request.json()))
        return Answer(*self.next(operation), headers={"Content-Type": "application/x-amz-json-1.1"})

    def prepare(self, operation: str, *answers: tuple[int, Any]) -> None:
        self.answers[operation] = list(answers)

    def operations(self) -> list[str]:
        return [operation for operation, _ in self.asked]


def refused(code: str, message: str = "not you") -> tuple[int, Any]:
    return 400, {"__type": code, "message": message}


def online(status: str = "Online") -> tuple[int, Any]:
    return 200, {"InstanceInformationList": [{"InstanceId": INSTANCE, "PingStatus": status}]}


def invocation(status: str, output: str = "", error: str = "") -> tuple[int, Any]:
    return 200, {"Status": status, "StandardOutputContent": output, "StandardErrorContent": error}


def events(*lines: str) -> tuple[int, Any]:
    return 200, {"events": [{"eventId": line, "message": f"{line}\n"} for line in lines]}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """A host on which everything succeeds at once."""
    found = Aws()
    found.prepare("DescribeInstanceInformation", online())
    found.prepare("SendCommand", (200, {"Command": {"CommandId": "11111111-2222-3333-4444-555555555555"}}))
    found.prepare("GetCommandInvocation", invocation("Success", f"phase 13/13 verified: done\nready {VERSION}\n"))
    found.prepare("FilterLogEvents", events())
    found.prepare("CancelCommand", (200, {}))
    with serving(found.respond) as found.url:
        for name, value in credentials(found).items():
            monkeypatch.setenv(name, value)
        yield found


def credentials(aws: Aws) -> dict[str, str]:
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    return keys | {"AWS_ENDPOINT_URL": aws.url, "AWS_CONFIG_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"}


def environment(**changes: str) -> dict[str, str]:
    return {
        "REGION": "us-east-1",
        "INSTANCE_ID": INSTANCE,
        "DOCUMENT_NAME": "oracle-bootstrap",
        "DOCUMENT_VERSION": "7",
        "BOOTSTRAP_VERSION": VERSION,
        "PARAMETERS": json.dumps({"SecretArn": ["arn:aws:secretsmanager:x"], "VolumeId": ["vol-1"]}),
        "LOG_GROUP": "/oracle/test",
        "ORACLE_POLL_SECONDS": "0.01",
        "ORACLE_DEADLINE_SECONDS": "20",
    } | changes


def test_the_exact_version_is_sent_once_the_host_is_online(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.prepare("DescribeInstanceInformation", (200, {"InstanceInformationList": []}), online("Inactive"), online())
    assert wait.main(environment()) == 0
    [sent] = [body for operation, body in aws.asked if operation == "SendCommand"]
    assert sent["InstanceIds"] == [INSTANCE]
    assert (sent["DocumentName"], sent["DocumentVersion"]) == ("oracle-bootstrap", "7")
    assert sent["Parameters"] == {"SecretArn": ["arn:aws:secretsmanager:x"], "VolumeId": ["vol-1"]}
    output = {"CloudWatchLogGroupName": "/oracle/test", "CloudWatchOutputEnabled": True}
    assert sent["CloudWatchOutputConfig"] == output, "it shows the phases"
    [asked] = {json.dumps(body["Filters"]) for operation, body in aws.asked if operation.startswith("Describe")}
    assert json.loads(asked) == [{"Key": "InstanceIds", "Values": [INSTANCE]}], "it must ask for this host"
    assert aws.operations().index("SendCommand") == 3, "the host was not yet online"
    assert capsys.readouterr().out.endswith("Oracle is ready\n")


def test_each_phase_is_printed_once_as_it_passes(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.prepare("GetCommandInvocation", refused("InvocationDoesNotExist"), invocation("Pending"),
                invocation("InProgress"), invocation("Success", f"ready {VERSION}"))  # fmt: skip
    aws.prepare("FilterLogEvents", refused("ResourceNotFoundException"), events("phase 1/13"),
                events("phase 1/13", "phase 2/13"), events("phase 1/13", "phase 2/13"))  # fmt: skip
    assert wait.main(environment()) == 0
    printed = capsys.readouterr().out
    assert printed.count("phase 1/13") == printed.count("phase 2/13") == 1
    [asked] = {json.dumps(body) for operation, body in aws.asked if operation == "FilterLogEvents"}
    assert json.loads(asked)["logStreamNamePrefix"] == "11111111-2222-3333-4444-555555555555/"


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Delayed", "Cancelling"])
def test_a_running_command_is_waited_for(aws: Aws, status: str) -> None:
    aws.prepare("GetCommandInvocation", invocation(status), invocation("Success", f"ready {VERSION}"))
    assert wait.main(environment()) == 0


def test_without_permission_to_read_the_log_the_phases_come_at_the_end(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.prepare("FilterLogEvents", refused("AccessDeniedException"))
    assert wait.main(environment()) == 0
    printed = capsys.readouterr().out
    assert "allow logs:FilterLogEvents" in printed and "phase 13/13 verified: done" in printed


def test_a_failure_prints_the_end_of_the_log_and_the_fix(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.prepare("GetCommandInvocation", invocation("Failed", "FAILED in phase 4/13", "ORA-01031: insufficient"))
    assert wait.main(environment()) == 1
    printed = capsys.readouterr()
    assert "FAILED in phase 4/13" in printed.out
    assert "ORA-01031" in printed.err and f"aws ssm start-session --target {INSTANCE}" in printed.err


@pytest.mark.parametrize("status", ["Failed", "TimedOut", "Cancelled", "Undeliverable", "Terminated"])
def test_every_status_except_success_is_a_failure(aws: Aws, capsys: pytest.CaptureFixture[str], status: str) -> None:
    aws.prepare("GetCommandInvocation", invocation(status, f"ready {VERSION}\n"))
    assert wait.main(environment()) == 1
    assert f"the bootstrap ended as {status}" in capsys.readouterr().err


@pytest.mark.parametrize("output", ["", "ready " + "0" * 64, f"not ready {VERSION}"])
def test_success_without_the_marker_of_this_version_is_a_failure(
    aws: Aws, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    aws.prepare("GetCommandInvocation", invocation("Success", output))
    assert wait.main(environment()) == 1
    assert f"without the ready marker of version {VERSION}" in capsys.readouterr().err


def test_a_host_that_does_not_come_online_ends_at_the_deadline(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.prepare("DescribeInstanceInformation", (200, {"InstanceInformationList": []}))
    assert wait.main(environment(ORACLE_DEADLINE_SECONDS="0.1")) == 1
    assert "not online in Systems Manager (not registered)" in capsys.readouterr().err
    assert "SendCommand" not in aws.operations()


def test_a_bootstrap_that_does_not_end_is_cancelled_at_the_deadline(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.prepare("GetCommandInvocation", invocation("InProgress"))
    assert wait.main(environment(ORACLE_DEADLINE_SECONDS="0.1")) == 1
    assert aws.operations()[-1] == "CancelCommand"
    assert "deadline passed: the bootstrap is still running" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("operation", "code", "message"),
    [
        ("DescribeInstanceInformation", "AccessDeniedException", "allow it for the user of `pulumi up`"),
        ("SendCommand", "AccessDeniedException", "AWS denies ssm:SendCommand"),
        ("SendCommand", "UnauthorizedOperation", "AWS denies ssm:SendCommand"),
        ("GetCommandInvocation", "ExpiredTokenException", "log in again"),
        ("GetCommandInvocation", "ExpiredToken", "log in again"),
        ("DescribeInstanceInformation", "UnrecognizedClientException", "log in again"),
        ("DescribeInstanceInformation", "InvalidClientTokenId", "log in again"),
        ("SendCommand", "InvalidDocument", "AWS does not answer as expected"),
    ],
)
def test_errors_of_aws_are_explained(
    aws: Aws, capsys: pytest.CaptureFixture[str], operation: str, code: str, message: str
) -> None:
    aws.prepare(operation, refused(code))
    assert wait.main(environment()) == 1
    assert message in capsys.readouterr().err


def test_missing_credentials_are_reported(
    aws: Aws, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    assert wait.main(environment()) == 1
    assert "no AWS credentials: set AWS_PROFILE" in capsys.readouterr().err


@pytest.mark.parametrize("error", [EndpointConnectionError, ConnectionClosedError, ReadTimeoutError])
def test_a_short_network_failure_is_retried(aws: Aws, capsys: pytest.CaptureFixture[str], error: Any) -> None:
    class Flaky:
        failed = False

        def describe_instance_information(self, **_: object) -> dict[str, Any]:
            if not self.failed:
                self.failed = True
                raise error(endpoint_url="https://ssm")
            return online()[1]

    wait.wait_online(Flaky(), INSTANCE, Deadline(20, 0.01))
    assert "retrying" in capsys.readouterr().out


def test_missing_variables_are_usage_errors(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("REGION", "INSTANCE_ID", "DOCUMENT_NAME", "DOCUMENT_VERSION", "BOOTSTRAP_VERSION", "PARAMETERS"):
        assert wait.main(environment(**{name: ""})) == 2, f"without {name} the waiter fails half-way: add it to NEEDED"
        assert f"set {name} in the environment" in capsys.readouterr().err


def test_it_runs_with_pulumis_command(aws: Aws) -> None:
    done = run_module("components.oracle.wait", **credentials(aws), **environment())
    assert done.returncode == 0 and done.stdout.endswith("Oracle is ready\n"), done.stderr
