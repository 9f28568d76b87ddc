"""The project file and one stack's configuration, as the Pulumi CLI passes them to the program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.contracts import stack_file
from components.contracts.types import Json
from plan.model import PlanError

PLACEHOLDER_SECRET = "placeholder-secret"  # noqa: S105 (a stand-in, no password)
"""Replaces each encrypted (`secure:`) value: offline there is no key to decrypt it."""


@dataclass(frozen=True)
class Project:
    """`config` maps `namespace:key` to text (objects as JSON), `secret_keys` names those that are secret.

    `refused` is the error about values that the engine would read differently from how they are written.
    """

    name: str
    stack: str
    config: dict[str, str]
    secret_keys: frozenset[str]
    refused: str | None = None


def load(root: Path, stack: str) -> Project:
    """Merge the defaults of Pulumi.yaml with Pulumi.<stack>.yaml. Raises PlanError for an unknown stack."""
    project_file = root / "Pulumi.yaml"
    if not project_file.is_file():
        raise PlanError(f"There is no Pulumi.yaml in {root}; run from the root of the repository.")
    stack_path = root / f"Pulumi.{stack}.yaml"
    if not stack_path.is_file():
        known = sorted(path.name.split(".")[1] for path in root.glob("Pulumi.?*.yaml"))
        raise PlanError(f"There is no stack {stack!r}; the stacks are: {', '.join(known) or 'none'}.")
    declared = _read(project_file)
    name = declared.get("name")
    if not isinstance(name, str):
        raise PlanError("Pulumi.yaml has no name.")
    config: dict[str, str] = {}
    secret: set[str] = set()
    for key, entry in _entries(project_file, declared):
        _add_default(_qualified(key, name), entry, config, secret)
    problems: stack_file.StackFileError | None = None
    try:
        values = stack_file.read(stack_path, dict(_entries(project_file, declared)), name)
    except stack_file.StackFileError as error:
        if not error.values:
            raise PlanError(str(error)) from None
        values, problems = error.values, error
    for key, value in values.items():
        _add(key, value, config, secret)
    config[stack_file.RECORDED] = "true"
    if problems:
        config[stack_file.PROBLEMS] = json.dumps(problems.problems)
    return Project(name, stack, config, frozenset(secret), problems and str(problems))


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (safe)
    except UnicodeDecodeError:
        raise PlanError(f"{path.name} is not UTF-8 text; save it as such.") from None
    except yaml.YAMLError as error:
        raise PlanError(f"{path.name} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data or {}, dict):
        raise PlanError(f"{path.name} must be a mapping of keys to values.")
    return data or {}


def _entries(path: Path, data: dict[str, Any]) -> list[tuple[str, Any]]:
    """Keys and values below `config`."""
    config: dict[Any, Any] | list[Any] | str = data.get("config") or {}
    if not isinstance(config, dict):
        raise PlanError(f"{path.name}: config must be a mapping of keys to values, not {config!r:.80}.")
    if odd := [repr(key) for key in config if not isinstance(key, str)]:
        raise PlanError(f"{path.name}: config has keys that are not text: {', '.join(odd)}; put them in quotes.")
    return list(config.items())


def _qualified(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _add_default(key: str, entry: Json, config: dict[str, str], secret: set[str]) -> None:
    """A declaration is either a plain value or `{type, description, secret, default | value}`."""
    if not isinstance(entry, dict):
        _add(key, entry, config, secret)
        return
    if entry.get("secret"):
        secret.add(key)
    for field in ("value", "default"):
        if entry.get(field) is not None:
            _add(key, entry[field], config, secret)
            return


def _add(key: str, value: Any, config: dict[str, str], secret: set[str]) -> None:
    opened, was_secret = _open(value)
    if was_secret:
        secret.add(key)
    if isinstance(opened, bool):
        config[key] = "true" if opened else "false"
    elif isinstance(opened, (dict, list)):
        config[key] = json.dumps(opened)
    elif opened is not None:
        config[key] = str(opened)


def _open(value: Json) -> tuple[Any, bool]:
    """Replace each `{secure: …}` by the placeholder; tells whether there was one."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return PLACEHOLDER_SECRET, True
        opened = {key: _open(item) for key, item in value.items()}
        return {key: item for key, (item, _) in opened.items()}, any(flag for _, flag in opened.values())
    if isinstance(value, list):
        items = [_open(item) for item in value]
        return [item for item, _ in items], any(flag for _, flag in items)
    return value, False
