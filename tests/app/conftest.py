"""Django with a fresh SQLite file for the whole suite; users and tables as `manage.py seed` makes them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"


@pytest.fixture(scope="session")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    sys.path.insert(0, str(APP))
    database = tmp_path_factory.mktemp("app") / "db.sqlite3"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "fraudapp.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": "only for tests, but long enough for every check of Django",
        "PLAIN_HTTP": "1",
        "ALLOWED_HOSTS": "testserver",
    }
    import django as library
    from django.core.management import call_command

    library.setup()
    call_command("seed", users=50, verbosity=0)
    yield
    sys.path.remove(str(APP))


@pytest.fixture(autouse=True)
def _django(django: None) -> None:
    """Every test of this folder needs it."""
