"""The commands `plan`, `plan-diff`, `plan-accept`, `plan-comment` and `policy`."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable
from pathlib import Path

from plan.model import Plan, PlanError
from plan.record import record

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "plan" / "golden"


def plan_arguments(parser: argparse.ArgumentParser) -> None:
    plan_diff_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the plan as JSON alone")


def plan_diff_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stack", default="dev", help="the stack (default: dev)")


plan_accept_arguments = plan_diff_arguments
policy_arguments = plan_diff_arguments


def plan_comment_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base", default="origin/main", help="the commit to compare with (default: origin/main)")


def _command(run: Callable[[argparse.Namespace, Plan], int]) -> Callable[[argparse.Namespace], int]:
    """Record the plan for a command; a PlanError is printed, with exit code 1."""

    @functools.wraps(run)
    def command(args: argparse.Namespace) -> int:
        try:
            return run(args, record(args.stack, ROOT))
        except PlanError as error:
            print(error, file=sys.stderr)
            return 1

    return command


@_command
def plan(args: argparse.Namespace, recorded: Plan) -> int:
    if args.json:
        sys.stdout.write(recorded.to_json())
    else:
        from plan.render import render

        sys.stdout.write(render(recorded))
    return 0


@_command
def plan_diff(args: argparse.Namespace, recorded: Plan) -> int:
    """Exit code 1 when the plan differs from the accepted one."""
    from plan.diff import compare, lines
    from plan.golden import files
    from plan.golden.form import golden

    accept = f"make plan-accept STACK={args.stack}"
    try:
        accepted, now = files.read(GOLDEN, args.stack), golden(recorded)
    except PlanError as error:
        print(f"{error} Accept the present plan with: {accept}", file=sys.stderr)
        return 1
    difference = list(lines(accepted, now))
    if not difference:
        print(f"The plan of {args.stack} is the accepted one.")
        return 0
    print(*(compare(accepted, now) or ["The stack's outputs differ."]), "", *difference, sep="\n")
    print(f"The plan differs from the accepted one. If that is meant: {accept}", file=sys.stderr)
    return 1


@_command
def plan_accept(args: argparse.Namespace, recorded: Plan) -> int:
    """Write the golden plans of all stacks: they share what they have in common."""
    from plan.golden import files
    from plan.golden.form import golden

    stacks = [golden(recorded)]
    for other in files.stacks_in(GOLDEN):
        try:
            stacks += [files.read(GOLDEN, other)] if other != args.stack else []
        except PlanError as error:  # after a merge, repairing one plan must not need the other
            print(f"{error} It is left out; accept it, too: make plan-accept STACK={other}", file=sys.stderr)
    files.write(GOLDEN, files.files_of(stacks))
    print(f"Accepted: {len(recorded.resources)} resources in {GOLDEN.relative_to(ROOT)}.")
    return 0


def plan_comment(args: argparse.Namespace) -> int:
    """Print what all stacks' plans change since the golden plans of another commit, as Markdown."""
    from plan.base import golden_plans
    from plan.comment import comment, gone
    from plan.golden import files
    from plan.golden.form import golden

    try:
        before = golden_plans(ROOT, GOLDEN, args.base)
        now = {stack: golden(record(stack, ROOT)) for stack in files.stacks_in(GOLDEN)}
    except PlanError as error:
        print(error, file=sys.stderr)
        return 1
    told = [comment(stack, before.get(stack), plan) for stack, plan in now.items()]
    print(*told, *map(gone, sorted(before.keys() - now)), sep="\n", end="")
    return 0


@_command
def policy(args: argparse.Namespace, recorded: Plan) -> int:
    """Exit code 1 when the plan breaks a control."""
    from plan.policy import render, violations

    found = violations(recorded)
    print(render(recorded, found), end="", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0
