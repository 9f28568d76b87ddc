"""The server holds: slow, idle, huge and many clients, a frozen database, an end by signal."""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from components.contracts import SCHEMA
from local.servers.postgres import SOURCE_DATABASE, Postgres
from local.waiting import until
from tests.app.conftest import APP
from tests.app.server_lab import Listener, Served, ended, variables
from tests.servers import source_database

PAGE_SECONDS = 2.0
FRAUD = "/api/frauds/large_amount"


@pytest.fixture(scope="module")
def postgres(django: None) -> Iterator[Postgres]:
    with source_database() as server:
        seed = [sys.executable, "manage.py", "seed", "--users", "200"]
        subprocess.run(seed, cwd=APP, env={**os.environ, **variables(server)}, check=True)
        yield server


@pytest.fixture(scope="module")
def served(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for the tests that leave it whole. Its times are short, so that the tests are."""
    log = tmp_path_factory.mktemp("served") / "app.log"
    app = Served(log, postgres, GENERATOR_RATE="20", IDLE_SECONDS="3", BODY_SECONDS="3", SEND_SECONDS="4")
    yield app
    app.close()


@pytest.fixture
def own(postgres: Postgres, tmp_path: Path) -> Iterator[Served]:
    """A server for a test that ends it, or its database."""
    app = Served(tmp_path / "app.log", postgres, GENERATOR_RATE="20", DATABASE_SECONDS="4")
    yield app
    app.close()


def assert_alive(served: Served) -> None:
    started = time.monotonic()
    assert served.request("GET", "/")[0] == 200
    assert served.request("GET", "/static/transactions/app.css")[0] == 200
    assert time.monotonic() - started < PAGE_SECONDS, "others have to wait for these clients"
    assert served.probe("/livez") == (200, '{"ok": true}')


def memory(served: Served) -> int:
    return psutil.Process(served.process.pid).memory_info().rss


def test_idle_connections_starve_nobody_and_end(served: Served) -> None:
    idle = [served.connect() for _ in range(1_000)]
    assert_alive(served)
    started = time.monotonic()
    assert all(ended(one, seconds=10) for one in idle[::100])
    assert time.monotonic() - started < 8, "an idle connection may stay for 3 s"
    for one in idle:
        one.close()


def test_slow_headers_starve_nobody_and_end(served: Served) -> None:
    slow = [served.connect() for _ in range(200)]
    started = time.monotonic()
    with contextlib.suppress(OSError):
        for number in range(30):
            for one in slow:
                one.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" if number == 0 else b"X-A: b\r\n")
            if number == 2:
                assert_alive(served)
            time.sleep(0.3)
    assert time.monotonic() - started < 8, "a header may take 3 s, however steadily it comes"
    for one in slow:
        one.close()


def test_a_slow_body_gets_a_408_and_no_thread(served: Served) -> None:
    head = f"POST {FRAUD} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{{".encode()
    slow = [served.connect() for _ in range(200)]
    for one in slow:
        one.sendall(head)
    time.sleep(0.5)
    assert_alive(served)
    assert served.metric('fraud_app_requests_in_pool{pool="api"}') == 0, "threads wait for bodies"
    answer = slow[0].recv(4096)
    assert answer.startswith(b"HTTP/1.1 408") and b"application/problem+json" in answer
    assert all(ended(one, seconds=10) for one in slow)


def test_a_huge_body_is_refused_before_it_is_read(served: Served) -> None:
    before = memory(served)
    with served.connect() as client:
        client.sendall(f"POST {FRAUD} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 300000000\r\n\r\n".encode())
        answer = client.recv(4096)
        assert answer.startswith(b"HTTP/1.1 413") and b"65,536 bytes" in answer
        with pytest.raises(OSError):
            for _ in range(3_000):
                client.sendall(bytes(100_000))
    assert memory(served) - before < 50_000_000
    assert_alive(served)


def test_an_endless_body_in_chunks_is_refused_as_soon_as_it_is_too_large(served: Served) -> None:
    before = memory(served)
    with served.connect() as client:
        client.sendall(f"POST {FRAUD} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        with pytest.raises(OSError):
            for _ in range(10_000):
                client.sendall(b"2710\r\n" + bytes(10_000) + b"\r\n")
                time.sleep(0.0005)
    assert memory(served) - before < 50_000_000
    status, headers, body = served.request("POST", FRAUD, bytes(65_537))
    assert (status, headers["content-type"]) == (413, "application/problem+json") and json.loads(body)["status"] == 413


def test_a_body_in_chunks_arrives_whole(served: Served) -> None:
    token = served.cross_site_token()
    chunks = (piece for piece in [b'{"acc', b'ount": ', b"null}"])
    status, _, body = served.request("POST", FRAUD, chunks, **token)  # type: ignore[arg-type]
    assert status == 201, body


def test_batches_have_their_own_bound(served: Served) -> None:
    assert served.request("POST", "/api/v1/payments", bytes(900_000))[0] != 413
    assert served.request("POST", "/api/v1/payments", bytes(1_000_001))[0] == 413


@pytest.mark.parametrize(
    "path", ["/%ff", "/?q=%ff%00", "/a%00b", "//", "/../../etc/passwd", "/" + "a" * 20_000, "/?" + "b" * 20_000]
)
def test_a_strange_address_is_no_500(served: Served, path: str) -> None:
    assert served.request("GET", path)[0] < 500


def test_a_header_with_an_underscore_poses_as_no_other(served: Served) -> None:
    with served.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX_Request_Id: spoofed\r\nConnection: close\r\n\r\n")
        assert b"x-request-id: spoofed" not in client.recv(4096)


def test_each_answer_has_the_id_of_its_request(served: Served) -> None:
    assert served.request("GET", "/?secret=hush", X_Request_Id="Abc-123")[1]["x-request-id"] == "Abc-123"
    for bad in ("a" * 65, "a b", "ä", "<script>"):
        made = served.request("GET", "/", X_Request_Id=bad)[1]["x-request-id"]
        assert made != bad and made.isalnum()
    (line,) = [line for line in served.lines() if line.get("request") == "Abc-123"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/", 200) and line["milliseconds"] > 0


def test_the_operations_port_has_metrics_of_the_right_types(served: Served) -> None:
    text = served.probe("/metrics")[1]
    for name, kind in {
        "fraud_app_payments_total": "counter",
        "fraud_app_payment_rate": "gauge",
        "fraud_app_alerts_total": "counter",
        "fraud_app_alert_delay_seconds": "histogram",
        "fraud_app_request_seconds": "histogram",
        "fraud_app_generator_alive": "gauge",
    }.items():
        assert f"# TYPE {name} {kind}\n" in text, name
    first = served.metric("fraud_app_payments_total")
    assert until(lambda: served.metric("fraud_app_payments_total") > first, seconds=5), "a counter of this process"
    assert [served.request("GET", path)[0] for path in ("/livez", "/readyz", "/metrics")] == [404] * 3


def events(listener: Listener, *, seconds: float) -> list[tuple[str, str, Any]]:
    end = time.monotonic() + seconds
    found: list[tuple[str, str, Any]] = []
    for event in listener.events():
        found.append(event)
        if time.monotonic() > end:
            break
    return found


def test_a_browser_gets_a_snapshot_and_then_what_is_new(served: Served) -> None:
    listener = Listener(served)
    found = events(listener, seconds=3)
    listener.close()
    name, snapshot = found[0][1:]
    assert name == "snapshot" and snapshot["gap"] is False
    assert snapshot["state"]["generator_alive"] is True and 0 < len(snapshot["payments"]) <= 20
    numbers = [int(identity.partition("-")[2]) for identity, _, _ in found]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert sum(name == "state" for _, name, _ in found) <= 8, "two states a second at most"
    shown = [row["id"] for row in snapshot["payments"]]
    new = [row["id"] for _, name, data in found[1:] if name == "payments" for row in data["rows"]]
    assert new and len(set(shown + new)) == len(shown) + len(new), "a payment came twice"


@pytest.mark.parametrize("by", ["header", "address"])
def test_a_browser_that_comes_back_gets_exactly_what_it_missed(served: Served, by: str) -> None:
    witness, leaving = Listener(served), Listener(served)
    last = [event for event, _ in zip(leaving.events(), range(4), strict=False)][-1]
    leaving.close()
    time.sleep(1.5)
    back = (
        Listener(served, Last_Event_ID=last[0])
        if by == "header"
        else Listener(served, f"/events?last-event-id={last[0]}")
    )
    resumed = events(back, seconds=1)
    seen = events(witness, seconds=0.5)
    after = [event for event in seen if int(event[0].partition("-")[2]) > int(last[0].partition("-")[2])]
    size = min(len(resumed), len(after))
    assert size > 3 and resumed[:size] == after[:size], "a gap or a double"
    witness.close()
    back.close()


@pytest.mark.parametrize("last", ["00000000-3", "nonsense", "{epoch}-999999"])
def test_a_browser_that_cannot_resume_is_told_of_the_gap(served: Served, last: str) -> None:
    fresh = Listener(served)
    epoch = next(fresh.events())[0].partition("-")[0]
    fresh.close()
    listener = Listener(served, Last_Event_ID=last.format(epoch=epoch))
    assert next(listener.events())[1:][1]["gap"] is True
    listener.close()


def test_browsers_that_never_read_are_dropped_and_starve_nobody(served: Served) -> None:
    deaf = []
    for _ in range(300):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        client.connect(("127.0.0.1", served.port))
        client.sendall(b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        deaf.append(client)
        if len(deaf) % 50 == 0:  # more at once than may wait would be refused
            assert until(lambda: served.metric("fraud_app_browsers") >= len(deaf), seconds=10)
    before = memory(served)
    listener = Listener(served)
    assert len(events(listener, seconds=3)) > 10, "others get their events"
    listener.close()
    assert_alive(served)
    assert until(lambda: served.metric("fraud_app_browsers") == 0, seconds=60), "they hold their places for good"
    assert memory(served) - before < 60_000_000
    connections = psutil.Process(served.process.pid).net_connections
    held = lambda: sum(one.laddr.port == served.port and one.status == "ESTABLISHED" for one in connections())  # noqa: E731
    assert until(lambda: held() < 5, seconds=30), "the kernel still holds connections that nobody reads"
    for client in deaf:
        client.close()


def test_the_page_after_the_last_place_is_told_when_to_come_again(postgres: Postgres, tmp_path: Path) -> None:
    app = Served(tmp_path / "app.log", postgres, MOST_BROWSERS="2")
    first, second = Listener(app), Listener(app)
    status, headers, body = app.request("GET", "/events")
    assert (status, headers["retry-after"], json.loads(body)["status"]) == (503, "5", 503)
    first.close()
    assert until(lambda: Listener(app).status == 200, seconds=5), "a closed page gives its place back"
    second.close()
    app.close()


def test_more_requests_than_may_wait_get_a_503(postgres: Postgres, tmp_path: Path) -> None:
    app = Served(tmp_path / "app.log", postgres, API_THREADS="1", WAITING_REQUESTS="2", DATABASE_SECONDS="3")
    token = app.cross_site_token()
    os.kill(postgres.pid, signal.SIGSTOP)
    try:
        _freeze_sessions(postgres)
        with concurrent.futures.ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(lambda _: app.request("POST", FRAUD, b"{}", **token), range(8)))
    finally:
        _thaw(postgres)
    busy = [headers for status, headers, body in answers if status == 503 and b"too many requests" in body]
    assert len(busy) == 5 and all(headers["retry-after"] == "1" for headers in busy)
    app.close()


def _freeze_sessions(postgres: Postgres) -> None:
    for session in psutil.Process(postgres.pid).children(recursive=True):
        session.suspend()


def _thaw(postgres: Postgres) -> None:
    for process in [*psutil.Process(postgres.pid).children(recursive=True), psutil.Process(postgres.pid)]:
        process.resume()


def test_a_frozen_database_makes_it_unready_and_stops_nothing_else(own: Served, postgres: Postgres) -> None:
    token = own.cross_site_token()
    listener = Listener(own)
    os.kill(postgres.pid, signal.SIGSTOP)
    _freeze_sessions(postgres)
    frozen = time.monotonic()
    try:
        with concurrent.futures.ThreadPoolExecutor(40) as clients:
            clicks = [clients.submit(own.request, "POST", FRAUD, b"{}", **token) for _ in range(40)]
            assert until(lambda: own.probe("/readyz", seconds=1)[0] == 503, seconds=5), "/readyz says it is ready"
            assert time.monotonic() - frozen < 5.5
            for _ in range(10):
                assert_alive(own)
            assert len([name for _, name, _ in events(listener, seconds=2) if name == "state"]) > 2, "the page is told"
            answers = [click.result() for click in clicks]
        assert {status for status, _, _ in answers} == {503}
        assert b"not known" in answers[0][2] or b"too many" in answers[0][2]
    finally:
        _thaw(postgres)
    assert until(lambda: own.probe("/readyz")[0] == 200, seconds=15), "it does not recover"
    assert until(lambda: own.request("POST", FRAUD, b"{}", **token)[0] == 201, seconds=15)
    counted = own.metric("fraud_app_payments_total")
    assert until(lambda: own.metric("fraud_app_payments_total") > counted + 5, seconds=15), "the generator gave up"
    listener.close()


def test_an_end_under_load_loses_nothing_that_was_acknowledged(own: Served, postgres: Postgres) -> None:
    token = own.cross_site_token()
    listener = Listener(own)
    acknowledged: list[int] = []
    broken: list[int] = []
    stop = threading.Event()

    def click() -> None:
        while not stop.is_set():
            try:
                status, _, body = own.request("POST", FRAUD, b"{}", **token)
            except OSError as error:
                if not isinstance(error, ConnectionRefusedError):
                    broken.append(1)
                return
            except Exception:  # a half answer
                broken.append(1)
                return
            if status == 201:
                acknowledged.extend(json.loads(body)["transactions"])

    clients = [threading.Thread(target=click) for _ in range(12)]
    for client in clients:
        client.start()
    time.sleep(2)
    started = time.monotonic()
    assert own.end() == 0, own.lines()[-1]
    assert time.monotonic() - started < 10
    stop.set()
    for client in clients:
        client.join()
    assert [name for _, name, _ in listener.events()][-1] == "end"
    with postgres.connect(SOURCE_DATABASE) as connection:
        stored = {row[0] for row in connection.execute(f'SELECT "ID" FROM "{SCHEMA}"."USER_TRANSACTION"'.encode())}
    assert len(acknowledged) > 20 and set(acknowledged) <= stored
    assert len(broken) <= 12, "one client, one broken connection at most"


def test_a_request_that_never_ends_holds_up_no_end(postgres: Postgres, tmp_path: Path) -> None:
    app = Served(tmp_path / "app.log", postgres, DRAIN_SECONDS="2", DATABASE_SECONDS="60", API_THREADS="1")
    token = app.cross_site_token()
    assert app.request("POST", FRAUD, b"{}", **token)[0] == 201, "the thread has a connection now"
    os.kill(postgres.pid, signal.SIGSTOP)
    _freeze_sessions(postgres)
    try:
        with concurrent.futures.ThreadPoolExecutor(1) as clients:
            stuck = clients.submit(app.request, "POST", FRAUD, b"{}", **token)
            time.sleep(1)
            started = time.monotonic()
            assert app.end() == 0
            assert time.monotonic() - started < 10
            assert isinstance(stuck.exception(), (OSError, http.client.HTTPException)), "nothing was acknowledged"
    finally:
        _thaw(postgres)
    assert any("did not end within 2" in line["message"] for line in app.lines())


def test_the_app_starts_before_its_database_and_finds_it_later(postgres: Postgres, tmp_path: Path) -> None:
    postgres.stop()
    try:
        app = Served(tmp_path / "app.log", postgres, ready=False, GENERATOR_RATE="20")
        assert app.request("GET", "/")[0] == 200
        assert app.probe("/readyz")[0] == 503
        assert json.loads(app.request("GET", "/api/state")[2])["generator_alive"] is True
        assert app.request("POST", FRAUD, b"{}", **app.cross_site_token())[0] == 503
    finally:
        postgres.start()
    assert until(lambda: app.probe("/readyz")[0] == 200, seconds=15)
    assert until(lambda: app.metric("fraud_app_payments_total") > 5, seconds=15), "the generator gave up"
    assert app.end() == 0
    assert app.lines(), "each line is JSON"


def test_two_servers_cannot_share_a_port(served: Served, postgres: Postgres) -> None:
    command = [sys.executable, "manage.py", "serve", "--port", str(served.port), "--operations-port", "0"]
    environment = {**os.environ, **variables(postgres)}
    second = subprocess.run(command, cwd=APP, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1 and "choose another --port" in second.stderr, second.stderr


def test_every_line_of_the_log_is_json(served: Served) -> None:
    lines = served.lines()
    requests = [line for line in lines if line["logger"] == "fraudapp.requests"]
    assert len(requests) > 20
    assert all({"request", "method", "path", "status", "milliseconds"} <= line.keys() for line in requests)
    assert not any("hush" in json.dumps(line) or line["path"] == "/events" for line in requests)
