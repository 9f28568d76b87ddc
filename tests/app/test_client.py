"""`make send`: sends a file once, however often it is started, and says what is wrong with it."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = "account_id,amount,ip_address,terminal_id\n"


class Server:
    """Answers as `answers` say, in turn: a status, or None to close the connection; then 201."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []  # path, Idempotency-Key, body
        self.answers: list[int | None] = []
        self.problem: dict[str, Any] = {"detail": "no"}
        lab = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                assert self.headers["Authorization"] == "Bearer hush"
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                lab.asked.append((self.path, self.headers["Idempotency-Key"], body))
                status = lab.answers.pop(0) if lab.answers else 201
                if status is None:
                    self.close_connection = True
                    return
                rows = body.get("payments", body.get("outcomes", [0]))
                text = json.dumps({"ids": list(range(len(rows)))} if status == 201 else lab.problem).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.send_header("Retry-After", "0")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None: ...

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.close()


def run(*words: str, url: str = "", key: str = "hush") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"FRAUD_URL": url, "FRAUD_KEY": key}
    command = [sys.executable, "-m", "client", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=60)


def file_of(folder: Path, rows: int) -> str:
    file = folder / "payments.csv"
    file.write_text(HEADER + "".join(f"{number},1.{number % 90 + 10},10.0.0.1,\n" for number in range(1, rows + 1)))
    return str(file)


def test_a_file_is_sent_with_the_same_keys_each_time(server: Server, tmp_path: Path) -> None:
    file = file_of(tmp_path, 1201)
    first = run("csv", file, url=server.url)
    assert (first.returncode, first.stdout, first.stderr) == (0, "1201 payments are written.\n", "")
    assert [len(body["payments"]) for _, _, body in server.asked] == [500, 500, 201]
    assert server.asked[0][2]["payments"][0] == {"account_id": 1, "amount": "1.11", "ip_address": "10.0.0.1"}
    assert {path for path, _, _ in server.asked} == {"/api/v1/payments"}
    assert run("csv", file, url=server.url).returncode == 0
    keys = [key for _, key, _ in server.asked]
    assert keys[:3] == keys[3:] and len(set(keys)) == 3


def test_a_lost_answer_and_a_busy_server_are_asked_again_with_the_same_key(server: Server, tmp_path: Path) -> None:
    server.answers = [None, 503, 429, 409, 201]
    assert run("csv", file_of(tmp_path, 3), url=server.url).returncode == 0
    assert len({key for _, key, _ in server.asked}) == 1 and len(server.asked) == 5


def test_a_refused_row_is_told_by_its_line(server: Server, tmp_path: Path) -> None:
    error = {"index": 1, "field": "account_id", "message": "there is no account 502"}
    server.answers, server.problem = [201, 422], {"detail": "Nothing was written.", "errors": [error]}
    done = run("csv", file_of(tmp_path, 600), url=server.url)
    assert done.returncode == 1 and "hush" not in done.stderr
    assert "lines 502 to 601: 422 Nothing was written." in done.stderr
    assert "line 503: account_id there is no account 502" in done.stderr
    assert "500 rows before them are written." in done.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the first line must name the columns"),
        ("account_id,colour\n", "unknown column colour; choose from account_id"),
        ("amount,amount\n", "twice"),
        (HEADER + "1,2\n", "line 2: it has another number of cells"),
        (HEADER + '1,"2\n', "line 1: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_table_is_refused(server: Server, tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "payments.csv"
    file.write_text(text)
    done = run("csv", str(file), url=server.url)
    assert done.returncode == 1 and words in done.stderr and not server.asked


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "set FRAUD_URL and FRAUD_KEY" in run("csv", "x.csv").stderr
    assert "No such file" in run("csv", "x.csv", url="http://127.0.0.1:9/").stderr
    assert "give the page's address" in run("csv", file_of(tmp_path, 1), url="ftp://x").stderr
    assert run("load", "--batch", "1001", url="http://127.0.0.1:9/").returncode == 2


def test_outcomes_are_sent_from_a_file_too(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "outcomes.csv"
    file.write_text("transaction_id,is_fraud,known_at\n7,true,\n8,0,2026-01-31T12:00:00Z\n")
    assert run("csv", str(file), "--to", "outcomes", url=server.url).returncode == 0
    rows = [
        {"transaction_id": 7, "is_fraud": True},
        {"transaction_id": 8, "is_fraud": False, "known_at": "2026-01-31T12:00:00Z"},
    ]
    assert [(path, body) for path, _, body in server.asked] == [("/api/v1/outcomes", {"outcomes": rows})]


def test_load_keeps_its_rate_and_measures(server: Server) -> None:
    words = ["load", "--rate", "100", "--seconds", "2", "--batch", "10", "--connections", "4"]
    done = run(*words, url=server.url)
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["payments"] == 200 and found["requests"] == 20
    assert 0 < found["p50_ms"] <= found["p99_ms"] and found["refused"] == {}
    server.answers = [503]
    refused = run(*words, url=server.url)
    assert refused.returncode == 1 and json.loads(refused.stdout)["refused"] == {"503 no": 1}
