"""`python -m local COMMAND`: one entry per command; only the chosen command's module is imported."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import NamedTuple


class Command(NamedTuple):
    """`module` has `<function>_arguments(parser)` and `<function>(args) -> int`, the exit code."""

    module: str
    function: str
    help: str


COMMANDS = {
    "run": Command("local.run", "run", "run the stack's pipeline on this machine with real servers"),
    "connections": Command(
        "local.apply.connections", "connections", "print how to reach the stack's running pipeline, as JSON"
    ),
    "status": Command("local.apply.status", "status", "print the health of each part of the running pipeline"),
    "plan": Command("plan.commands", "plan", "record the stack's plan offline and print it"),
    "plan-diff": Command("plan.commands", "plan_diff", "compare the stack's plan with its golden plan"),
    "plan-accept": Command("plan.commands", "plan_accept", "write the stack's plan as its golden plan"),
    "plan-comment": Command(
        "plan.commands", "plan_comment", "print what the stacks' plans change since another commit, as Markdown"
    ),
    "policy": Command("plan.commands", "policy", "check the stack's plan against the policies"),
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    parser = argparse.ArgumentParser(prog="python -m local", description="The pipeline without a cloud.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        subparser = commands.add_parser(name, help=command.help, description=command.help)
        if name == chosen:
            getattr(importlib.import_module(command.module), f"{command.function}_arguments")(subparser)
    args = parser.parse_args(arguments)
    command = COMMANDS[args.command]
    try:
        return getattr(importlib.import_module(command.module), command.function)(args)
    except BrokenPipeError:  # stdout is closed, as with `| head`
        sys.stderr.close()
        return 1
