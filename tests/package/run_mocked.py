"""Run a Pulumi program under mocks and print its resources' inputs as JSON by type.

`test_wheel.py` starts it as a script, because nothing else of this repository may be importable.
"""

from __future__ import annotations

import json
import runpy
import sys
from typing import Any

import pulumi

MADE: dict[str, list[Any]] = {}
NAMES = """apiVersion bootstrapEndpoint endpoint kind privateKeyPemPkcs8 publicKeyPem rbacCrn resourceName restEndpoint
    result"""
COMPUTED: dict[str, Any] = dict.fromkeys(NAMES.split(), "x")
COMPUTED |= {
    "arn": "arn:aws:x:us-east-1:123456789012:x",
    "hex": "ab" * 32,
    "kubeconfigJson": "{}",
    "publicIp": "198.51.100.9",
}
FOUND = {"id": "x", "accountId": "123456789012", "ipAddresses": [{"ipPrefix": "192.0.2.10/32"}]}


class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        MADE.setdefault(args.typ, []).append(args.inputs)
        named = {"metadata": {"name": args.name}} if args.typ.startswith("kubernetes:") else {}
        return f"{args.name}-id", {**COMPUTED, **args.inputs, **named}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        return {**COMPUTED, **FOUND}


pulumi.runtime.set_mocks(Mocks(), project="elsewhere", stack="test")
pulumi.runtime.set_all_config({f"elsewhere:{key}": value for key, value in json.loads(sys.argv[2]).items()})


@pulumi.runtime.test
def run() -> None:
    runpy.run_path(sys.argv[1])


run()
json.dump(MADE, sys.stdout, default=str)
