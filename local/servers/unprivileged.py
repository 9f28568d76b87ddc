"""The user as whom those servers run that refuse to run as root, and how it reaches what they need."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path
from typing import TypedDict

from local.errors import RunError

USER = "nobody"
"""PostgreSQL and OpenSearch refuse to run as root; as root they are started as this user."""


def with_a_name() -> list[str]:
    """What to put before a command that asks for the name of its user; empty where the user database has one.

    A container may be run with any user id, as by `docker run --user 12345`: the command then sees another id as its
    own.
    """
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return ["/usr/bin/env", "unshare", "--user", f"--map-user={pwd.getpwnam(USER).pw_uid}"]
    return []


class Owner(TypedDict, total=False):
    """The arguments of Popen that choose the user of a process."""

    user: int
    group: int
    extra_groups: list[int]


def owner(unprivileged: bool) -> Owner:
    """Arguments of Popen that drop root's rights, when there are any to drop."""
    if not unprivileged or os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(USER)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def own(folder: Path) -> None:
    """Give `folder` and what is in it to the unprivileged user, when running as root."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(USER)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid)


def may_enter(folder: Path) -> bool:
    """Whether the unprivileged user can reach what is in `folder`; True unless running as root."""
    return os.geteuid() != 0 or all(_lets_all(path, stat.S_IXOTH) for path in (folder, *folder.parents))


def lend(home: Path, *names: str, to: Path) -> Path:
    """The folder in which the unprivileged user finds what `home` has under these names: `home`, or one with copies.

    The copies lie in the run's folder `to` and go with it. As `/root` is closed to all others, so is what lies below.
    Raises RunError when nothing may be executed in `to`.
    """
    sources = [source for name in names if (source := home.resolve() / name).exists()]
    if os.geteuid() != 0 or (may_enter(home.resolve()) and all(map(_readable, sources))):
        return home
    if os.statvfs(to).f_flag & os.ST_NOEXEC:
        raise RunError(
            f"{home} is closed to the user {USER}, as whom PostgreSQL and OpenSearch run, and copies in {to} could not "
            "be executed: the disk is mounted noexec. Set TMPDIR to a folder on another one, or move the checkout to "
            "where every user can read it."
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
    """Whether everybody can read all that is in it."""
    return all(_open(path) for path in (folder, *folder.rglob("*")) if not path.is_symlink())


def _open(path: Path) -> bool:
    return _lets_all(path, stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0))


def _lets_all(path: Path, rights: int) -> bool:
    return path.stat().st_mode & rights == rights
