"""Servers for tests that need one and no pipeline."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from local.apply.source_tables import make_source
from local.servers import places
from local.servers.children import Children
from local.servers.postgres import Postgres
from local.servers.server import Server

S = TypeVar("S", bound=Server)


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder with a name that needs quoting. Unlike pytest's folders, unprivileged servers can reach it."""
    folder = Path(tempfile.mkdtemp(prefix="with space and ü ", dir=places.temporary()))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def alone(make: Callable[[Children], S]) -> Iterator[S]:
    """A server that runs."""
    with server_folder() as folder:
        (folder / "logs").mkdir()
        children = Children(folder)
        server = make(children)
        try:
            server.prepare()
            server.start()
            yield server
        finally:
            server.stop()
            children.close()


@contextmanager
def source_database() -> Iterator[Postgres]:
    """PostgreSQL with the app's tables, all empty."""
    with alone(Postgres) as server:
        make_source(server)
        yield server
