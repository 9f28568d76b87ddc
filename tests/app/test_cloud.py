"""The app in the cloud: Oracle, a registry with a login, a load balancer, an end by signal."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import time
import types
from collections.abc import Iterator

import pytest

from local.servers import loopback
from tests.app.conftest import APP

SHOW = "import json; from fraudapp import settings; print(json.dumps(settings.{0}))"
ORACLE = {
    "ORACLE_HOST": "10.0.200.10",
    "ORACLE_SERVICE": "XEPDB1",
    "ORACLE_USER": "SAMPLE",
    "ORACLE_PASSWORD": "p@ss/word:?",
}


def database(**environment: str) -> subprocess.CompletedProcess[str]:
    return setting("DATABASES['default']", **environment)


def setting(name: str, *absent: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A setting as JSON. Only `environment` sets the database, the hosts and the variables in `absent`."""
    unset = ("DATABASE_URL", "ALLOWED_HOSTS", *absent)
    clean = {key: value for key, value in os.environ.items() if key not in unset}
    return subprocess.run(
        [sys.executable, "-c", SHOW.format(name)],
        cwd=APP,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_oracle_has_a_service_name_and_any_password() -> None:
    found = json.loads(database(**ORACLE).stdout)
    assert found["ENGINE"] == "fraudapp.oracle"
    assert found["NAME"] == "10.0.200.10:1521/XEPDB1" and not found.get("PORT"), "with PORT the name would be a SID"
    assert (found["USER"], found["PASSWORD"]) == ("SAMPLE", ORACLE["ORACLE_PASSWORD"])
    assert found["OPTIONS"]["tcp_connect_timeout"] < 5, "/readyz has to answer before the cluster's patience ends"
    assert found["CONN_HEALTH_CHECKS"] is True, "each pooled connection fails once after a restart of the database"


def test_kafka_and_the_registry_use_the_pods_variables() -> None:
    """The names are those of components/fraud_app/namespace.py."""
    environment = {
        "KAFKA_BOOTSTRAP": "kafka:9092",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "PLAIN",
        "KAFKA_USERNAME": "kafka-key",
        "KAFKA_PASSWORD": "hush-kafka",
        "SCHEMA_REGISTRY_URL": "https://registry",
        "SCHEMA_REGISTRY_KEY": "registry-key",
        "SCHEMA_REGISTRY_SECRET": "hush-registry",
    }
    assert json.loads(setting("KAFKA", **environment).stdout) == {
        "bootstrap.servers": "kafka:9092",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "kafka-key",
        "sasl.password": "hush-kafka",
    }
    registry = {"url": "https://registry", "key": "registry-key", "secret": "hush-registry"}
    assert json.loads(setting("SCHEMA_REGISTRY", **environment).stdout) == registry


def test_the_defaults_are_secure() -> None:
    for refused in (setting("DEBUG", "SECRET_KEY"), setting("DEBUG", SECRET_KEY="")):
        assert "Set SECRET_KEY to a long random text" in refused.stderr
    assert json.loads(setting("ALLOWED_HOSTS").stdout) == ["localhost", "127.0.0.1"]
    header = setting("SECURE_PROXY_SSL_HEADER", PLAIN_HTTP="1").stdout
    assert json.loads(header) is None, "without a load balancer that sets it, a browser could send the header itself"


def test_an_answer_of_oracle_has_a_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.backends.oracle import base
    from fraudapp.oracle.base import DatabaseWrapper

    monkeypatch.setattr(base.DatabaseWrapper, "get_new_connection", lambda *_: types.SimpleNamespace())
    connection = DatabaseWrapper({"OPTIONS": {}}).get_new_connection({})
    assert connection.call_timeout == 10_000, "in milliseconds"


def test_a_url_of_postgresql_keeps_its_options_beside_the_time_limits() -> None:
    found = json.loads(database(DATABASE_URL="postgresql://u:p@h/d?options=-c%20timezone%3DUTC").stdout)
    assert found["ENGINE"] == "fraudapp.postgresql"
    assert found["OPTIONS"] == {"options": "-c statement_timeout=10000 -c timezone=UTC", "connect_timeout": 3}


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({**ORACLE, "DATABASE_URL": "sqlite:///x"}, "DATABASE_URL and ORACLE_HOST are both set"),
        ({"ORACLE_HOST": "h", "ORACLE_USER": "u"}, "without ORACLE_SERVICE, ORACLE_PASSWORD"),
    ],
)
def test_incomplete_oracle_settings_are_refused(environment: dict[str, str], message: str) -> None:
    assert message in database(**environment).stderr


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`manage.py serve` behind TLS."""
    (port,) = loopback.free(1)
    environment = {**os.environ, "PLAIN_HTTP": "", "ALLOWED_HOSTS": "fraud.example.com"}
    command = [sys.executable, "manage.py", "serve", "--port", str(port), "--operations-port", "0"]
    with subprocess.Popen(command, cwd=APP, env=environment, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, "the app does not start"
                time.sleep(0.05)
        yield process, port
        process.kill()


def get(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", path, headers={key.replace("_", "-"): value for key, value in headers.items()})
    return connection.getresponse()


def test_it_serves_behind_a_load_balancer_and_ends_on_sigterm(served: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = served
    host = "fraud.example.com"
    assert get(port, "/", Host=host, X_Forwarded_Proto="https").status == 200, "an endless redirect behind TLS"
    plain = get(port, "/", Host=host)
    assert (plain.status, plain.getheader("Location")) == (301, f"https://{host}/")
    assert get(port, "/events", Host=host).status == 301, "nothing answers over http"
    assert get(port, "/events", Host="elsewhere.example.com", X_Forwarded_Proto="https").status == 400
    stream = get(port, "/events", Host=host, X_Forwarded_Proto="https")
    assert [stream.readline() for _ in range(2)] == [b"retry: 1000\n", b"\n"]
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    assert process.wait(10) == 0
    assert time.monotonic() - started < 4, "an open page must not hold up a rollout"
