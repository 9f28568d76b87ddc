"""Runs servers that refuse root as another user, and gives that user access to their files."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import TypedDict

from local.errors import RunError

USER = "nobody"
"""Under root, PostgreSQL and OpenSearch run as this user."""


def with_a_name() -> list[str]:
    """Prefix of a command that needs the name of its user; empty when the user has one.

    A container's user may have none (`docker run --user 12345`): the prefix maps its id to a user with a name.
    """
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return ["/usr/bin/env", "unshare", "--user", f"--map-user={pwd.getpwnam(USER).pw_uid}"]
    return []


class Owner(TypedDict, total=False):
    """Arguments of Popen that choose the user of a process."""

    user: int
    group: int
    extra_groups: list[int]


def owner(unprivileged: bool) -> Owner:
    """Arguments of Popen that drop root's rights; empty when not root."""
    if not unprivileged or os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def own(folder: Path) -> None:
    """Under root, give `folder` and its contents to the unprivileged user."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(USER)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def may_enter(folder: Path) -> bool:
    """Whether the unprivileged user can reach files in `folder`; True when not root."""
    return os.geteuid() != 0 or all(_lets_all(path, stat.S_IXOTH) for path in (folder, *folder.parents))


def lend(home: Path, *names: str, to: Path) -> Path:
    """`home`, when the unprivileged user can read these `names` in it; otherwise a folder in `to` with copies.

    An installation below `/root` needs copies. Raises RunError when `to` is mounted noexec.
    """
    sources = [source for name in names if (source := home.resolve() / name).exists()]
    if os.geteuid() != 0 or (may_enter(home.resolve()) and all(map(_readable, sources))):
        return home
    if os.statvfs(to).f_flag & os.ST_NOEXEC:
        raise RunError(
            f"PostgreSQL and OpenSearch run as user {USER}, who cannot read {home} and could not execute copies in "
            f"{to}: the disk is mounted noexec. Set TMPDIR to a folder on another disk, or move the checkout to a "
            "folder that every user can read."
        )
    lent = to / "lent"
    for source in sources:
        shutil.copytree(source, lent / source.name, symlinks=True)
        for path in (lent, lent / source.name, *(lent / source.name).rglob("*")):
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | (0o555 if mode & stat.S_IXUSR else 0o444))
    return lent


def _readable(folder: Path) -> bool:
    """Whether every user can read `folder` and everything in it."""
    return all(_open(path) for path in (folder, *folder.rglob("*")) if not path.is_symlink())


def _open(path: Path) -> bool:
    return _lets_all(path, stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0))


def _lets_all(path: Path, rights: int) -> bool:
    return path.stat().st_mode & rights == rights
