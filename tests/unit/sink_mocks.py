"""Mocks for the stores of the sinks: the computed outputs that they read, and a run to the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi.runtime import mocks as pulumi_mocks

from plan import aws_ids, fakes
from tests.unit.mocks import Mocks

PASSWORD = "random:index/randomPassword:RandomPassword"
KEY = "tls:index/privateKey:PrivateKey"


def pem(kind: str, body: str) -> str:
    return f"-----BEGIN {kind} KEY-----\n{body[:3]}\n{body[3:]}\n-----END {kind} KEY-----\n"


class SinkMocks(Mocks):
    """Passwords are `hush-<name>`, keys `secret<name>` and `public<name>`."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        identity, outputs = super().new_resource(args)
        if args.typ.startswith("aws:"):
            outputs["arn"] = aws_ids.arn_of(args.typ, args.name, args.inputs)
        for output, fake in fakes.OUTPUTS.get(args.typ, {}).items():
            outputs[output] = fake(args.name, args.inputs)
        if args.typ == PASSWORD:
            outputs["result"] = f"hush-{args.name}"
        if args.typ == KEY:
            outputs["privateKeyPemPkcs8"] = pem("PRIVATE", f"secret{args.name}")
            outputs["publicKeyPem"] = pem("PUBLIC", f"public{args.name}")
        return identity, outputs


@dataclass
class Options:
    """What the SDK asks of the engine for a resource; mocks drop it."""

    parent: str
    protect: bool
    depends_on: set[str]
    create_timeout: str
    delete_before_replace: bool


class Deployment:
    """Every resource of a program, with its inputs and options, once the program has ended."""

    def __init__(self, mocks: SinkMocks, options: dict[str, Options]) -> None:
        self._mocks, self.options = mocks, options

    def of_type(self, token: str) -> dict[str, dict[str, Any]]:
        """Inputs by name of the resources whose type ends with `token`, e.g. `:Cluster`."""
        return {name: args.inputs for name, args in self._mocks.made.items() if args.typ.endswith(token)}

    def only(self, token: str) -> dict[str, Any]:
        found = self.of_type(token)
        assert len(found) == 1, f"expected one {token}, found {sorted(found)}"
        return next(iter(found.values()))

    def __getitem__(self, name: str) -> dict[str, Any]:
        assert name in self._mocks.made, f"no resource {name}; there are {sorted(self._mocks.made)}"
        return self._mocks.made[name].inputs


class _Monitor(pulumi_mocks.MockMonitor):
    def __init__(self, mocks: SinkMocks, options: dict[str, Options]) -> None:
        super().__init__(mocks)
        self._options = options

    def RegisterResource(self, request: Any) -> Any:
        names = {urn.rsplit("::", 1)[1] for urn in request.dependencies}
        self._options[request.name] = Options(
            request.parent.rsplit("::", 1)[-1],
            request.protect,
            names,
            request.customTimeouts.create,
            request.deleteBeforeReplace,
        )
        return super().RegisterResource(request)


def deploy(program: Callable[[], Any]) -> Deployment:
    """Run a program to its end and return what it made; an Output that it returns is awaited."""
    mocks, options = SinkMocks(), dict[str, Options]()
    monitor = _Monitor(mocks, options)
    pulumi.runtime.set_mocks(mocks, project="fraud-detection", stack="test", monitor=monitor)
    pulumi.runtime.test(program)()
    return Deployment(mocks, options)
