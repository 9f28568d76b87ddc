"""The app's tables match the contract, its payments are exact, its page is safe."""

from __future__ import annotations

import ipaddress
import json
import random
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest

from components.contracts import AUTH_USER, IDEMPOTENCY_KEY, PAYMENT_OUTCOME, USER_TRANSACTION, Table, ddl
from local import run
from tests.app.conftest import OPERATOR


def client(*, signed_in: bool = True, **options: Any) -> Any:
    """A browser, by default an operator's."""
    from django.test import Client
    from transactions.operators import find

    browser = Client(**options)
    if signed_in:
        browser.force_login(find(OPERATOR))  # type: ignore[arg-type]
    return browser


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("User", AUTH_USER),
        ("Transaction", USER_TRANSACTION),
        ("Outcome", PAYMENT_OUTCOME),
        ("IdempotencyKey", IDEMPOTENCY_KEY),
    ],
)
def test_the_models_match_the_contract(name: str, table: Table) -> None:
    from transactions import models

    model: Any = getattr(models, name)
    fields = {field.column: field for field in model._meta.get_fields() if hasattr(field, "column")}
    assert model._meta.db_table == table.name
    assert list(fields) and set(fields) == {column.name for column in table.columns}
    for column in table.columns:
        assert fields[column.name].null == column.nullable, f"{column.name}: nullable differs from the contract"
        assert fields[column.name].primary_key == column.key, column.name
        assert fields[column.name].unique == (column.unique or column.key), column.name
    names = {field.name: field.column for field in fields.values()}
    indexes = {index.name: tuple(names[field] for field in index.fields) for index in model._meta.indexes}
    assert indexes == {ddl.index_name(table, columns): columns for columns in table.indexes}


@pytest.mark.parametrize("vendor", ["oracle", "postgresql"])
def test_only_the_set_up_makes_tables_outside_sqlite(monkeypatch: pytest.MonkeyPatch, vendor: str) -> None:
    from django.core.management import CommandError, call_command
    from django.db import connection

    def table_names() -> list[str]:
        return ["auth_user", "user_transaction", "payment_outcome"]

    monkeypatch.setattr(connection, "vendor", vendor)
    monkeypatch.setattr(connection.introspection, "table_names", table_names)
    with pytest.raises(CommandError, match="lacks IDEMPOTENCY_KEY; its set-up creates tables"):
        call_command("seed", stdout=StringIO())


def test_the_safe_rate_of_the_page_is_that_of_a_run() -> None:
    """local/ and app/ may not import each other."""
    from transactions.generator import SECONDS_BETWEEN

    assert SECONDS_BETWEEN == run.SECONDS_BETWEEN


def test_a_second_seed_adds_no_users() -> None:
    from django.core.management import call_command
    from transactions.models import User

    out = StringIO()
    call_command("seed", users=50, stdout=out)
    assert "0 of them new" in out.getvalue()
    assert User.objects.count() == 50


def test_the_first_payment_and_its_outcome_are_made_once_and_only_on_request() -> None:
    from django.core.management import call_command
    from transactions.models import Outcome, Transaction

    Transaction.objects.all().delete()
    Outcome.objects.all().delete()
    call_command("seed", users=50, stdout=StringIO())
    assert (Transaction.objects.count(), Outcome.objects.count()) == (0, 0)
    for _ in range(2):
        call_command("seed", users=50, first_payment=True, stdout=StringIO())
        assert Transaction.objects.count() == 1, "change data capture learns the schema from one row"
        (outcome,) = Outcome.objects.all()
        assert outcome.transaction_id == Transaction.objects.get().pk and not outcome.is_fraud


def test_a_deployment_from_before_gets_its_first_outcome_for_a_payment_that_is_there() -> None:
    from django.core.management import call_command
    from transactions.models import Outcome, Transaction

    Outcome.objects.all().delete()
    payments = Transaction.objects.count()
    call_command("seed", users=50, first_payment=True, stdout=StringIO())
    assert (Transaction.objects.count(), Outcome.objects.count()) == (payments, 1)


def test_nobody_can_log_in_as_a_seeded_user() -> None:
    from django.contrib.auth.hashers import is_password_usable
    from transactions.models import User

    assert not is_password_usable(User.objects.first().password)  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(5))
def test_each_fraud_breaks_its_rule_and_no_more(seed: int) -> None:
    from transactions.payments import FRAUDS

    source = random.Random(seed)
    made = {kind: make(source, 1) for kind, make in FRAUDS.items()}
    count = made["burst_count"]
    assert len(count) == 11 and sum(p.amount for p in count) < 1000
    amounts = [p.amount for p in made["burst_amount"]]
    assert sum(amounts) >= 1000 and max(amounts) < 1000 and len(amounts) <= 10
    assert [1000 <= p.amount <= 1050 for p in made["large_amount"]] == [True]
    assert [p.address.startswith("10.") for p in made["foreign_address"]] == [False]


@pytest.mark.parametrize(
    "prefix",
    [
        "10.",
        "192.168.7.",
        "10.0.0.5",
        "::ffff:10.",
        "2001:db8:",
        "2001:db8::",
        "fd00:",
        "1:2:3:4:5:6:7:",
        "::",
        "2001:db8::5",
    ],
)
def test_a_payment_at_home_has_a_valid_address(monkeypatch: pytest.MonkeyPatch, prefix: str) -> None:
    from django.conf import settings
    from transactions.payments import normal

    monkeypatch.setattr(settings, "HOME_PREFIX", prefix)
    for seed in range(20):
        address = normal(random.Random(seed), 1).address
        assert address.startswith(prefix) and ipaddress.ip_address(address), address


def test_a_seed_gives_the_same_payments() -> None:
    from transactions.payments import normal

    one, two = ([normal(source, 1) for _ in range(50)] for source in (random.Random(7), random.Random(7)))
    assert one == two
    assert all(Decimal("0.25") <= p.amount <= 50 and p.address.startswith("10.") for p in one)


def test_all_accounts_pay_in_turn() -> None:
    from transactions.generator import Generator
    from transactions.models import Transaction, User
    from transactions.payment_table import PaymentTable

    before = Transaction.objects.count()
    Generator(PaymentTable(), seed=3, rate=1e5).run(count=100)
    payers = list(Transaction.objects.order_by("pk").values_list("account_id", flat=True)[before:])
    everybody = sorted(User.objects.values_list("pk", flat=True))
    assert sorted(payers[:50]) == sorted(payers[50:]) == everybody, "random accounts would make bursts by chance"


def test_a_restart_repeats_no_order_and_an_empty_database_does() -> None:
    from transactions.generator import Generator
    from transactions.models import Transaction
    from transactions.payment_table import PaymentTable

    def payers() -> list[int]:
        newest = Transaction.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        Generator(PaymentTable(), seed=3, rate=1e5).run(count=50)
        return list(Transaction.objects.filter(pk__gt=newest).order_by("pk").values_list("account_id", flat=True))

    assert payers() != payers()


def test_a_round_holds_few_accounts_and_leaves_out_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from transactions import turns
    from transactions.models import User

    monkeypatch.setattr(turns, "BLOCK", 7)
    taking = turns.Turns(random.Random(4))
    everybody = sorted(User.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as asked:
        rounds = [[taking.next() for _ in everybody] for _ in range(3)]
    assert [sorted(one) for one in rounds] == [everybody] * 3
    assert len({tuple(one) for one in rounds}) == 3, "each round has another order"
    selects = [query["sql"] for query in asked if "AUTH_USER" in query["sql"]]
    assert selects and all("LIMIT" in sql for sql in selects), "500,000 users must not be read whole"


def test_blocked_accounts_pay_again_when_all_are_blocked() -> None:
    from transactions.models import User
    from transactions.turns import Turns

    taking = Turns(random.Random(5))
    everybody = set(User.objects.values_list("pk", flat=True))
    for account in everybody:
        taking.block(account)
    assert {taking.next() for _ in everybody} == everybody


def test_a_random_account_is_found_without_reading_all() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from transactions.models import User
    from transactions.turns import anybody

    source = random.Random(6)
    with CaptureQueriesContext(connection) as asked:
        found = {anybody(source) for _ in range(500)}
    assert found == set(User.objects.values_list("pk", flat=True))
    assert all("LIMIT 1" in query["sql"] for query in asked)


def test_the_generator_commits_what_it_counts() -> None:
    from django.core.management import call_command
    from transactions.models import Transaction

    before, out = Transaction.objects.count(), StringIO()
    call_command("generate", count=250, rate=0, stdout=out)
    assert json.loads(out.getvalue())["committed"] == 250
    assert Transaction.objects.count() - before == 250


def test_a_defrauded_account_pays_nothing_more() -> None:
    from transactions.generator import Generator
    from transactions.models import Transaction, User
    from transactions.payment_table import PaymentTable

    generator = Generator(PaymentTable(), seed=1, rate=100_000)
    blocked = User.objects.earliest("id").pk
    generator.run(count=60)  # in the middle of the second turn
    assert generator.calm_rate == 0, "50 users cannot pay once a second without bursts"
    newest = Transaction.objects.latest("pk").pk
    generator.block(blocked)
    generator.run(count=260)
    later = Transaction.objects.filter(pk__gt=newest)
    assert later.count() == 200 and not later.filter(account_id=blocked).exists()


def test_a_button_commits_a_fraud() -> None:
    from transactions.models import Transaction

    answer = client().post("/api/frauds/large_amount", "{}", content_type="application/json")
    assert answer.status_code == 201, answer.content
    (number,) = answer.json()["transactions"]
    assert Transaction.objects.get(pk=number).amount >= 1000


@pytest.mark.parametrize(
    ("address", "body", "status", "message"),
    [
        ("/api/frauds/theft", "{}", 400, "choose one of burst_count, burst_amount, large_amount, foreign_address"),
        ("/api/frauds/large_amount", '{"account": 999999}', 404, "no such user"),
        ("/api/frauds/large_amount", '{"account": 1.9}', 422, "account is 1.9: input should be a valid integer"),
        ("/api/frauds/large_amount", '{"account": true}', 422, "account is True"),
        ("/api/frauds/large_amount", '{"account": 1e400}', 422, "account is "),
        ("/api/frauds/large_amount", '{"account": Infinity}', 400, "Infinity is not JSON"),
        ("/api/frauds/large_amount", '{"account": ' + "9" * 5000 + "}", 400, "5,000 characters"),
        ("/api/frauds/large_amount", '{"user": 7}', 422, "user: extra inputs are not permitted."),
        ("/api/frauds/large_amount", "[]", 422, "must be a JSON object"),
        ("/api/frauds/large_amount", "[" * 60_000, 400, "nested too deeply"),
        ("/api/generator", '{"rate": -1}', 422, "rate is -1: input should be greater than or equal to 0."),
        ("/api/generator", '{"rate": "much"}', 422, "rate is 'much': input should be a valid number."),
        ("/api/generator", '{"rate": NaN}', 400, "NaN is not JSON"),
        ("/api/generator", '{"rate": 200.5}', 422, "rate is 200.5; allowed: 0 to 200 (MOST_PAYMENTS_PER_SECOND)."),
        ("/api/generator", '{"rate": 1e400}', 422, "rate is inf"),
        ("/api/generator", "{}", 422, "rate: field required."),
        ("/api/generator", "{", 400, "not JSON"),
        ("/api/generator", "", 415, "send application/json"),
        ("/api/verdicts", '{"transaction_id": 999999999, "is_fraud": true}', 404, "no such payment"),
        ("/api/verdicts", '{"transaction_id": "1", "is_fraud": true}', 422, "transaction_id is '1'"),
        ("/api/verdicts", '{"transaction_id": 0, "is_fraud": true}', 422, "transaction_id is 0"),
        ("/api/verdicts", '{"transaction_id": 9223372036854775808, "is_fraud": true}', 422, "transaction_id is 92"),
        ("/api/verdicts", '{"transaction_id": 1, "is_fraud": 1}', 422, "is_fraud is 1: input should be a valid bool"),
        ("/api/verdicts", '{"transaction_id": 1, "is_fraud": null}', 422, "is_fraud is None"),
        ("/api/verdicts", '{"is_fraud": true}', 422, "transaction_id: field required."),
    ],
)
def test_bad_input_gets_a_4xx_with_a_message(address: str, body: str, status: int, message: str) -> None:
    answer = client().post(address, body, content_type="application/json")
    assert answer["Content-Type"] == "application/problem+json" and len(answer.content) < 1000
    assert (answer.status_code, message in answer.json()["detail"]) == (status, True), answer.content


@pytest.mark.parametrize("after", ["9" * 5000, "²", "-1", "x"])
def test_a_number_of_an_alert_that_cannot_be_one_is_refused(after: str) -> None:
    assert client().get("/api/alerts", {"after": after}).status_code == 400


@pytest.mark.parametrize("address", ["/api/frauds/large_amount", "/api/generator"])
def test_another_content_type_is_refused(address: str) -> None:
    answer = client().post(address, "rate=1", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415 and "send application/json" in answer.json()["detail"]


def test_a_fraud_while_the_database_is_away_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from transactions import frauds, payment_table
    from transactions.models import User

    def away(*_: object, **__: object) -> None:
        raise OperationalError("refused; password=hush")

    monkeypatch.setattr(payment_table, "_insert", away)
    monkeypatch.setattr(frauds, "REQUEST_SECONDS", 0.1)
    answers = [client().post("/api/frauds/large_amount", '{"account": 1}', content_type="application/json")]
    monkeypatch.setattr(User.objects, "get", away)
    answers.append(client().post("/api/frauds/large_amount", '{"account": 1}', content_type="application/json"))
    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        assert answer["Retry-After"] and "hush" not in answer.content.decode()


def test_a_post_without_a_token_is_refused() -> None:
    answer = client(enforce_csrf_checks=True).post("/api/frauds/large_amount", "{}", content_type="application/json")
    assert answer.status_code == 403 and "Reload the page" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/api/frauds/large_amount", "/api/generator"])
def test_a_get_changes_nothing(address: str) -> None:
    assert client().get(address).status_code == 405


def test_the_page_obeys_its_content_security_policy() -> None:
    answer = client().get("/")
    page = answer.content.decode()
    assert "default-src 'none'; script-src 'self'" in answer["Content-Security-Policy"]
    assert "<script>" not in page and "style=" not in page and "onclick" not in page, "inline code would be blocked"
    assert "http://" not in page and "https://" not in page, "the page must load nothing from elsewhere"


def test_a_missing_table_makes_it_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import tables
    from transactions.health import Readiness

    readiness = Readiness()
    assert readiness.trouble() == "the database was not asked yet"
    readiness.look()
    assert readiness.trouble() == ""
    monkeypatch.setattr(tables, "missing", lambda: ["AUTH_USER"])
    readiness.look()
    assert readiness.trouble() == "missing tables: AUTH_USER"
    readiness.stop()
    assert readiness.trouble() == "the process is ending"


def test_an_event_loop_that_stands_still_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import health

    heartbeat = health.Heartbeat()
    heartbeat.beat()
    assert heartbeat.trouble() == ""
    later = health.time.monotonic() + 31
    monkeypatch.setattr(health.time, "monotonic", lambda: later)
    assert heartbeat.trouble() == "the event loop stands still since 31 s"


def test_djangos_deployment_check_passes() -> None:
    import os
    import subprocess
    import sys

    from tests.app.conftest import APP

    environment = {**os.environ, "PLAIN_HTTP": "", "SECRET_KEY": "k" * 20 + "abcdefghijklmnopqrstuvwxyz0123456789"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=APP,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
