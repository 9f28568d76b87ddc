"""An account pays through many clients of two apps at once: each large payment is one alert in each sink."""

from __future__ import annotations

import concurrent.futures
import http.cookiejar
import itertools
import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from components.contracts import FRAUD_ALERT
from local.apply.app_server import FOLDER
from local.apply.servers import ROOT
from local.pipeline import Pipeline
from local.servers import loopback, shell
from local.servers.watchdog import remove_folder
from plan.record import record
from tests.local.sink_lab import until
from tests.local.test_pipeline import documents, payments, wait

ACCOUNT = 7
CLIENTS = 8
EACH = 50
RULE = "large_amount"
OTHER_WORK = {
    "ALLOWED_HOSTS": "shop.example.com",
    "DJANGO_SETTINGS_MODULE": "shop.settings",
    "ORACLE_HOST": "10.9.9.9",
    "JAVA_TOOL_OPTIONS": "-javaagent:/nowhere/agent.jar",
    "http_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "PGSSLMODE": "require",
    "PGOPTIONS": "-c search_path=shop",
}
"""Variables of a shell for other work; each would break a run that inherits it."""


@pytest.fixture(autouse=True)
def _shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OTHER_WORK.items():
        monkeypatch.setenv(name, value)
    shell.reach_own_servers()


@pytest.mark.local
@pytest.mark.timeout(400)
def test_every_large_payment_of_one_account_is_one_alert() -> None:
    plan = record("dev", ROOT, mode="update")
    (port,) = loopback.free(1)
    with Pipeline(plan, say=lambda _: None, port=port, users=50, keep=True) as pipeline:
        with second_app(pipeline) as other:
            addresses = itertools.islice(itertools.cycle((pipeline.app.url, other)), CLIENTS)
            with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
                paid = [number for numbers in pool.map(pay, addresses) for number in numbers]
        assert len(set(paid)) == len(paid) == CLIENTS * EACH, "each payment has its own id"
        assert sorted(row[0] for row in payments(pipeline)) == sorted(paid)
        wanted = {f"{number}-{RULE}" for number in paid}
        wait(lambda: found(pipeline) >= wanted, lambda: f"{len(wanted - found(pipeline))} alerts are missing")
        assert found(pipeline) == wanted
        status = pipeline.servers.sinks["fd-dev-snowflake"].report
        wait(lambda: json.loads(status.read_text())["lag"] <= 2, "the appending sink has caught up")
        path = pipeline.path
    try:
        assert Counter(appended(path / "fd-dev-snowflake.duckdb")) == Counter(wanted), "each once"
    finally:
        remove_folder(path)


@contextmanager
def second_app(pipeline: Pipeline) -> Iterator[str]:
    """A replica: another process with the same environment."""
    (port,) = loopback.free(1)
    command = [sys.executable, str(FOLDER / "manage.py"), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=shell.environment(pipeline.app.environment())) as process:
        try:
            until(lambda: loopback.accepts(port), "second app")
            yield loopback.url(port)
        finally:
            process.terminate()


def pay(address: str) -> list[int]:
    """Pay as a browser does: get the page, then send its CSRF token with each payment."""
    cookies = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    browser.open(address, timeout=30).close()
    token = next(str(cookie.value) for cookie in cookies if cookie.name == "csrftoken")
    headers = {"X-CSRFToken": token, "Content-Type": "application/json"}
    body = json.dumps({"account": ACCOUNT}).encode()
    numbers: list[int] = []
    for _ in range(EACH):
        request = urllib.request.Request(f"{address}/api/frauds/{RULE}", body, headers)
        with browser.open(request, timeout=60) as answer:
            numbers += json.load(answer)["transactions"]
    return numbers


def found(pipeline: Pipeline) -> set[str]:
    """The alerts of the rule in OpenSearch. The burst breaks other rules as well."""
    return {name for name in documents(pipeline, FRAUD_ALERT.topic) if name.endswith(RULE)}


def appended(file: Path) -> list[str]:
    """The alerts of the rule in the appending sink, which shows duplicates."""
    with duckdb.connect(str(file), read_only=True) as connection:
        ((schema,),) = connection.execute(
            "SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name = 'fraud_alert'"
        ).fetchall()
        rows = connection.execute(f'SELECT alert_id FROM "{schema}".fraud_alert').fetchall()
    return [row[0] for row in rows if row[0].endswith(RULE)]
