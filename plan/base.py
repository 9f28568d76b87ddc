"""The golden plans of another commit."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from plan.golden import files
from plan.golden.form import Golden
from plan.model import PlanError


def golden_plans(root: Path, folder: Path, commit: str) -> dict[str, Golden]:
    """By stack, those that the commit has in `folder`. Raises PlanError for a commit that git does not know."""
    path = str(folder.relative_to(root))
    if not _git(root, "ls-tree", commit := _known(root, commit), path):
        return {}
    with tempfile.TemporaryDirectory(prefix="golden-") as made:
        with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", commit, path))) as archive:
            archive.extractall(made, filter="data")
        place = Path(made) / path
        return {stack: files.read(place, stack) for stack in files.stacks_in(place)}


def _known(root: Path, commit: str) -> str:
    """The commit's hash."""
    try:
        return _git(root, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}").decode().strip()
    except subprocess.CalledProcessError as error:
        told = error.stderr.decode().strip()
        raise PlanError(f"git does not know the commit {commit!r} ({told}); fetch it, or name another one.") from None


def _git(root: Path, *command: str) -> bytes:
    return subprocess.run(["git", "-C", str(root), *command], check=True, capture_output=True).stdout
