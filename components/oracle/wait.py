"""Run the bootstrap on the host and wait for it: `pulumi up` runs `python -m components.oracle.wait`.

Reads the environment, prints each finished phase, and exits 0 when the host reports the version that was sent, 1 with
the reason and the end of the log, 2 for a missing variable.
"""

from __future__ import annotations

# boto3 and botocore have no stubs.
# pyright: reportMissingTypeStubs=false
import json
import os
import sys
from dataclasses import dataclass, field
from typing import Any

import boto3.session
import botocore.config
import botocore.exceptions as errors

from ..waiting import Deadline, NotYetError

NEEDED = (
    "REGION", "INSTANCE_ID", "DOCUMENT_NAME", "DOCUMENT_VERSION", "BOOTSTRAP_VERSION", "PARAMETERS", "LOG_GROUP",
)  # fmt: skip
POLL_SECONDS = 5.0
# A host registers two to three minutes after its start; the document ends after 50 minutes at most.
DEADLINE_SECONDS = 4200.0
HOST_LOG = "/var/log/oracle-bootstrap.log"
RUNNING = ("Pending", "InProgress", "Delayed", "Cancelling")
UNREACHABLE = (errors.EndpointConnectionError, errors.ConnectionClosedError, errors.ReadTimeoutError)


class WaitError(Exception):
    """The problem and its fix, for the user of `pulumi up`."""


@dataclass
class Progress:
    """Shows the host's output from its log group, line by line."""

    logs: Any
    group: str
    prefix: str
    seen: set[str] = field(default_factory=set[str])
    readable: bool = True

    def show(self) -> None:
        """Print new lines. Without permission to read the log, all phases appear at the end."""
        if not self.readable:
            return
        try:
            pages = self.logs.get_paginator("filter_log_events").paginate(
                logGroupName=self.group, logStreamNamePrefix=self.prefix
            )
            events = [event for page in pages for event in page["events"]]
        except errors.ClientError as error:
            if _code(error) == "ResourceNotFoundException":  # no stream before the first line
                return
            self.readable = False
            print(f"cannot show progress: {error}; allow logs:FilterLogEvents to see the phases", flush=True)
            return
        except UNREACHABLE:
            return
        for event in events:
            if event["eventId"] not in self.seen:
                self.seen.add(event["eventId"])
                print(event["message"].rstrip(), flush=True)


def wait_online(ssm: Any, instance: str, deadline: Deadline) -> None:
    """Wait until the host's agent has registered with Systems Manager."""

    def look() -> None:
        found = _ask(ssm.describe_instance_information, Filters=[{"Key": "InstanceIds", "Values": [instance]}])
        states = [one["PingStatus"] for one in (found or {}).get("InstanceInformationList", [])]
        if states != ["Online"]:
            raise NotYetError(
                f"{instance} is not online in Systems Manager ({', '.join(states) or 'not registered'}); check its "
                "subnet's internet access and its role's AmazonSSMManagedInstanceCore"
            )

    deadline.until(look)
    print(f"{instance} is online in Systems Manager", flush=True)


def send(ssm: Any, env: dict[str, str]) -> str:
    """Start the document's exact version; returns the command's id."""
    sent = ssm.send_command(
        InstanceIds=[env["INSTANCE_ID"]],
        DocumentName=env["DOCUMENT_NAME"],
        DocumentVersion=env["DOCUMENT_VERSION"],
        Parameters=json.loads(env["PARAMETERS"]),
        CloudWatchOutputConfig={"CloudWatchLogGroupName": env["LOG_GROUP"], "CloudWatchOutputEnabled": True},
        Comment="Oracle bootstrap, sent by pulumi up",
    )
    return sent["Command"]["CommandId"]


def follow(ssm: Any, progress: Progress, command: str, instance: str, deadline: Deadline) -> dict[str, Any]:
    """The finished invocation. At the deadline, cancel the command: the next one must not run beside it."""

    def look() -> dict[str, Any]:
        try:
            found = _ask(ssm.get_command_invocation, CommandId=command, InstanceId=instance)
        except errors.ClientError as error:
            if _code(error) != "InvocationDoesNotExist":  # briefly after sending
                raise
            found = None
        progress.show()
        if found is None or found["Status"] in RUNNING:
            raise NotYetError(f"the bootstrap is still running; its log is {HOST_LOG} on {instance}")
        return found

    try:
        return deadline.until(look)
    except NotYetError:
        ssm.cancel_command(CommandId=command)
        raise


def check(found: dict[str, Any], version: str, instance: str) -> None:
    """Raises WaitError unless the host has reported this version as ready."""
    output = found.get("StandardOutputContent", "")
    if found["Status"] != "Success":
        tail = found.get("StandardErrorContent") or output or found.get("StatusDetails", "")
        raise WaitError(
            f"the bootstrap ended as {found['Status']}. The end of {HOST_LOG}:\n{tail.rstrip()}\n"
            f"The whole log: aws ssm start-session --target {instance}. Run `pulumi up` again to continue."
        )
    if f"ready {version}" not in output.splitlines():
        raise WaitError(f"the bootstrap ended without the ready marker of version {version}; it printed:\n{output}")


def explain(error: errors.BotoCoreError | errors.ClientError) -> str:
    """AWS's error with its fix."""
    if isinstance(error, errors.NoCredentialsError | errors.PartialCredentialsError):
        return "no AWS credentials: set AWS_PROFILE, or the AWS_ACCESS_KEY_ID family, where `pulumi up` runs"
    if isinstance(error, errors.ClientError):
        code = _code(error)
        if code.startswith(("AccessDenied", "UnauthorizedOperation")):
            return f"AWS denies ssm:{error.operation_name}: allow it for the user of `pulumi up` ({error})"  # pyright: ignore[reportUnknownMemberType] - untyped
        if code in ("ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"):
            return f"AWS credentials are expired or invalid: log in again ({error})"
    return f"AWS does not answer as expected: {error}"


def _ask(call: Any, **arguments: Any) -> dict[str, Any] | None:
    """The answer; None if AWS cannot be reached at the moment."""
    try:
        return call(**arguments)
    except UNREACHABLE as error:
        print(f"{error}; retrying", flush=True)
        return None


def _code(error: errors.ClientError) -> str:
    response: dict[str, Any] = error.response
    return str(response.get("Error", {}).get("Code", ""))


def run(env: dict[str, str]) -> None:
    """Wait for the host, send the document and follow it. Raises WaitError, or NotYetError at the deadline."""
    deadline = Deadline.of(env, "ORACLE", seconds=DEADLINE_SECONDS, poll=POLL_SECONDS)
    instance = env["INSTANCE_ID"]
    config = botocore.config.Config(retries={"mode": "standard", "max_attempts": 5})
    session: Any = boto3.session.Session(region_name=env["REGION"])
    ssm, logs = session.client("ssm", config=config), session.client("logs", config=config)
    wait_online(ssm, instance, deadline)
    command = send(ssm, env)
    print(f"command {command} runs {env['DOCUMENT_NAME']} version {env['DOCUMENT_VERSION']}", flush=True)
    progress = Progress(logs, env["LOG_GROUP"], f"{command}/")
    found = follow(ssm, progress, command, instance, deadline)
    if not progress.seen:
        print(found.get("StandardOutputContent", "").rstrip())
    check(found, env["BOOTSTRAP_VERSION"], instance)


def main(env: dict[str, str]) -> int:
    missing = [name for name in NEEDED if not env.get(name)]
    if missing:
        print(f"set {', '.join(missing)} in the environment", file=sys.stderr)
        return 2
    try:
        run(env)
    except WaitError as failure:
        print(failure, file=sys.stderr)
        return 1
    except NotYetError as state:
        print(f"deadline passed: {state}", file=sys.stderr)
        return 1
    except (errors.BotoCoreError, errors.ClientError) as error:
        print(explain(error), file=sys.stderr)
        return 1
    print("Oracle is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
