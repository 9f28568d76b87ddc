"""Run the program and record it, in a process that `plan.record` starts.

    python -m plan.worker STACK ROOT MODE [outputs]

Standard output carries one JSON object: `{"plan": …, "simulated": …}`, `{"error": text}` or, for `outputs`,
`{"outputs": {name: value}, "secret": [name]}` with simulated secrets. The program's own output goes to standard error.
One process records one mode, because the program's modules cache what they read.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import logging
import os
import runpy
import sys
import traceback
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime import Settings, configure, resource, run_in_stack, set_all_config, settings
from pulumi.runtime.proto import source_pb2

from plan.engine import Engine
from plan.model import Mode, Plan, PlanError
from plan.monitor import Monitor
from plan.order import topological
from plan.project import Project, load
from plan.references import answer_of, outputs_of


def main(arguments: list[str]) -> None:
    stack, root, mode, *asked = arguments
    results = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        monitor = record_here(stack, Path(root).resolve(), mode)  # type: ignore[arg-type]
        if asked:
            answer = answer_of(monitor.opened_outputs)
        else:
            answer = {"plan": plan_of(monitor, stack).to_dict(), "simulated": monitor.simulated}
    except PlanError as error:
        answer = {"error": str(error)}
    with results:
        json.dump(answer, results)
    sys.stderr.flush()
    os._exit(0)  # the SDKs' threads and modules are slow to tear down


def record_here(stack: str, root: Path, mode: Mode) -> Monitor:
    """Record in this process, which must end afterwards. Raises PlanError with every problem found."""
    gc.disable()  # saves a third of a second in a process that ends soon
    return _run(load(root, stack), root, preview=mode == "preview")


def plan_of(monitor: Monitor, stack: str) -> Plan:
    resources = topological(monitor.resources.values())
    return Plan(monitor.project, stack, resources, dict(sorted(monitor.outputs.items())))


def _run(project: Project, root: Path, *, preview: bool) -> Monitor:
    references = functools.partial(outputs_of, root=root)
    monitor = Monitor(project.name, project.stack, preview=preview, references=references)
    engine = Engine()
    _configure_pulumi(project, root, monitor, engine, preview=preview)
    os.chdir(root)
    sys.path.insert(0, str(root))
    failure = _execute(root) or project.refused
    for warning in engine.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    problems = [*sorted(monitor.problems), *([failure] if failure else [])]
    if problems:
        raise PlanError("\n".join(problems))
    return monitor


def _configure_pulumi(project: Project, root: Path, monitor: Monitor, engine: Engine, *, preview: bool) -> None:
    # A plan has no source positions. Finding them takes a tenth of the recording, and no setting turns it off.
    resource._get_stack_trace = source_pb2.StackTrace  # pyright: ignore[reportPrivateUsage] - as said above
    configure(
        Settings(
            project=project.name,
            stack=project.stack,
            monitor=monitor,  # type: ignore[arg-type]  # in process instead of over gRPC
            engine=engine,  # type: ignore[arg-type]
            dry_run=preview,
            organization="organization",
            root_directory=str(root),
        )
    )
    set_all_config(project.config, sorted(project.secret_keys))


def _execute(root: Path) -> str | None:
    """Run `__main__.py`; returns an error text, or None."""
    if not (root / "__main__.py").is_file():
        raise PlanError(f"There is no __main__.py in {root}.")
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # futures left over by a program that failed
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(run_in_stack(_program))
    except PlanError as error:
        return str(error)
    except SystemExit as error:
        return None if not error.code else f"The program exits: {error.code}"
    except Exception as error:  # show the user whatever the program raises
        return _explain(error, root)
    finally:
        loop.close()
    return None


async def _program() -> None:
    runpy.run_path("__main__.py", run_name="__main__")
    # The SDK waits for outputs one by one and rescans the rest each time; waiting here leaves it few.
    tracked = cast("set[asyncio.Future[Any]]", settings.SETTINGS.outputs)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - the SDK sets it for each run
    while outputs := {task for task in set(tracked) if not task.done()}:
        await asyncio.wait(outputs)


def _explain(error: Exception, root: Path) -> str:
    """Add kind and place to Python's own errors; the program's messages are complete."""
    text = str(error).strip()
    if isinstance(error, pulumi.RunError) or type(error).__module__ != "builtins":
        return text or type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_inside(frame.filename, root)]
    place = f" ({_relative(frames[-1].filename, root)}, line {frames[-1].lineno})" if frames else ""
    kind = "" if type(error) is ValueError and text else f"{type(error).__name__}: "
    return f"{kind}{text}{place}"


def _is_inside(filename: str, root: Path) -> bool:
    """Whether a file belongs to the program: below its root, and in no virtual environment there."""
    path = (root / filename).resolve()
    return path.is_relative_to(root) and not {"site-packages", ".venv"} & set(path.relative_to(root).parts)


def _relative(filename: str, root: Path) -> Path:
    return (root / filename).resolve().relative_to(root)


if __name__ == "__main__":
    main(sys.argv[1:])
