"""Django with a fresh SQLite file, seeded by `manage.py seed`."""

from __future__ import annotations

import base64
import http.server
import json
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.contracts import FRAUD_ALERT, rules, schemas, score
from tests.app.ingestion_lab import CLIENTS

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
        "API_KEYS": CLIENTS,
        "RULES": json.dumps({rule.id: rule.title for rule in rules.read()} | {score.RULE_ID: score.TITLE}),
    }
    import django as library
    from django.core.management import call_command

    library.setup()
    call_command("seed", users=50, verbosity=0)
    yield
    sys.path.remove(str(APP))


@pytest.fixture(autouse=True)
def _django(django: None) -> None:
    """Every test in this folder needs Django."""


@pytest.fixture
def registry() -> Iterator[dict[str, str]]:
    """A schema registry that has the alert's schema with id 7 and needs a login."""
    schema = schemas.avro_value(FRAUD_ALERT)
    login = "Basic " + base64.b64encode(b"key:hush").decode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            allowed = self.headers["Authorization"] == login
            known = allowed and self.path.partition("?")[0] == "/schemas/ids/7"
            self.send_response(200 if known else 404 if allowed else 401)
            self.end_headers()
            self.wfile.write(json.dumps({"schema": schema}).encode() if known else b"{}")

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"url": f"http://127.0.0.1:{server.server_port}", "key": "key", "secret": "hush"}
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings_of_app() -> Iterator[Any]:
    from django.conf import settings

    before = settings.SCHEMA_REGISTRY
    yield settings
    settings.SCHEMA_REGISTRY = before
