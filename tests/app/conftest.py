"""Django with a fresh SQLite file, seeded by `manage.py seed`."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from components.contracts import FRAUD_ALERT, rules, schemas, score
from tests.app.ingestion_lab import CLIENTS

APP = Path(__file__).resolve().parents[2] / "app"
OPERATOR, PASSWORD = "anna", "correct horse battery"
# Of PASSWORD.
HASH = "pbkdf2_sha256$1000000$saltsaltsaltsaltsalts1$tcEbz/6Os+iPwYq3JLboPCQMsWwFercn+NlxzesupgY="


@pytest.fixture(scope="package")
def django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    sys.path.insert(0, str(APP))
    database = tmp_path_factory.mktemp("app") / "db.sqlite3"
    before = dict(os.environ)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "fraudapp.settings",
        "DATABASE_URL": f"sqlite:///{database}",
        "SECRET_KEY": "only for tests, but long enough for every check of Django",
        "PLAIN_HTTP": "1",
        "ALLOWED_HOSTS": "testserver",
        "OPERATORS": json.dumps({OPERATOR: HASH}),
        "API_KEYS": CLIENTS,
        "RULES": json.dumps({rule.id: rule.title for rule in rules.read()} | {score.RULE_ID: score.TITLE}),
    }
    import django as library
    from django.core.management import call_command

    library.setup()
    call_command("seed", users=50, verbosity=0)
    yield
    os.environ.clear()
    os.environ |= before
    sys.path.remove(str(APP))


@pytest.fixture(autouse=True)
def _django(django: None) -> None:
    """Every test in this folder needs Django."""


@contextlib.contextmanager
def serve_registry() -> Iterator[dict[str, str]]:
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


CHANGED = (
    "SCHEMA_REGISTRY", "OPERATORS", "LOCAL_OPERATOR", "BEHIND_LOAD_BALANCER", "KAFKA", "PAYMENT_TOPIC", "ALERT_TOPIC",
    "PAYMENT_OUTPUT_TOPICS", "SINK_GROUPS", "SINK_LATE_SECONDS", "SINK_GROUP_PREFIX", "OPENSEARCH_URL",
    "QUESTIONS",
)  # fmt: skip


@pytest.fixture
def registry() -> Iterator[dict[str, str]]:
    with serve_registry() as found:
        yield found


@pytest.fixture
def settings_of_app() -> Iterator[Any]:
    from django.conf import settings

    before = {name: getattr(settings, name) for name in CHANGED}
    yield settings
    for name, value in before.items():
        setattr(settings, name, value)


@pytest.fixture
def django_assert_reads() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """A block in which each SELECT of rows has a LIMIT of at most `limit`, or a key."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    @contextlib.contextmanager
    def block(*, limit: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as queries:
            yield
        for query in (found["sql"] for found in queries.captured_queries):
            limits = [int(number) for number in re.findall(r"LIMIT (\d+)", query)]
            keyed = re.search(r'WHERE "\w+"."ID" (= \d+|IN \()', query)
            wanted = keyed or "sqlite_sequence" in query or (limits and max(limits) <= limit)
            assert wanted or not query.startswith("SELECT"), f"give it a LIMIT of at most {limit}: {query}"

    return block
