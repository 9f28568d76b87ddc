"""The app plays a scenario once, whatever happens, and says how good the alerts are."""

from __future__ import annotations

import csv
import datetime
import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from quality.data import COLUMNS, OPTIONAL, OUTCOMES, PAYMENTS
from tests.app.test_app import client
from tests.local.sink_lab import until

BEGIN = datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)
CUSTOMERS = 10
DAY = datetime.timedelta(days=1)


def write(folder: Path, name: str, columns: tuple[str, ...], rows: list[dict[str, object]]) -> None:
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """200 payments, one each hour; every tenth is a fraud. Outcomes come a day later; four days are history."""
    payments = list[dict[str, object]]()
    outcomes = list[dict[str, object]]()
    for number in range(200):
        made = BEGIN + number * DAY / 24
        both = {"transaction_id": number, "customer_id": number % CUSTOMERS, "terminal_id": f"till-{number % 7}"}
        both["amount"] = f"{number}.50"
        payments.append({**both, "tx_time": made.isoformat(" ")})
        outcomes.append({**both, "is_fraud": int(number % 10 == 0), "known_at": (made + DAY).isoformat(" ")})
    payments[199] |= {"payee_id": CUSTOMERS + 3, "terminal_id": "", "device_id": "phone", "ip_address": "203.0.113.9"}
    payments[199] |= {"latitude": "48.10000", "longitude": "-11.50000"}
    write(tmp_path, PAYMENTS, (*COLUMNS[PAYMENTS], *OPTIONAL), payments)
    write(tmp_path, OUTCOMES, COLUMNS[OUTCOMES], outcomes)
    about = {"customers": CUSTOMERS, "unjudged": 48, "live_from": (BEGIN + 4 * DAY).isoformat()}
    (tmp_path / "scenario.json").write_text(json.dumps(about), encoding="utf-8")
    judge(tmp_path, 0)
    return tmp_path


def judge(folder: Path, payments: int) -> None:
    """What the runner writes, in one step as it does."""
    (folder / "draft").write_text(json.dumps({"payments": payments}), encoding="utf-8")
    (folder / "draft").replace(folder / "judged.json")


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    from transactions.models import Outcome, Transaction

    Transaction.objects.all().delete()
    Outcome.objects.all().delete()
    yield
    Outcome.objects.all().delete()


def play(folder: Path, *, speed: float = 1e9) -> Any:
    from transactions.player import Player

    player = Player(folder, speed)
    player.run()
    return player


def require_all_written_once() -> None:
    """Every payment in its order, and every outcome for its payment."""
    from transactions.models import Outcome, Transaction

    played = list(Transaction.objects.filter(received_at__lt=BEGIN + 30 * DAY).order_by("pk"))
    assert [row.amount for row in played] == [Decimal(f"{number}.50") for number in range(200)]
    assert [row.received_at for row in played] == [BEGIN + number * DAY / 24 for number in range(200)]
    told = list(Outcome.objects.order_by("pk"))
    assert [row.transaction_id for row in told] == [row.pk for row in played]
    assert [row.known_at - row_of.received_at for row, row_of in zip(told, played, strict=True)] == [DAY] * 200
    assert [row.is_fraud for row in told] == [number % 10 == 0 for number in range(200)]
    assert [row.account_id for row in told] == [row.account_id for row in played]


def test_everything_is_written_with_its_own_time(folder: Path) -> None:
    from transactions.models import Transaction, User

    player = play(folder)
    require_all_written_once()
    assert player.state()["phase"] == "over"
    last = Transaction.objects.latest("pk")
    assert (last.terminal_id, last.device_id, last.ip_address) == (None, "phone", "203.0.113.9")
    assert (last.latitude, last.longitude) == (Decimal("48.1"), Decimal("-11.5"))
    newest = User.objects.latest("id").pk
    assert last.payee_account_id == newest + 4, "a payee who is no customer has an id of no user"


def test_payments_without_an_address_come_from_home_always_the_same(folder: Path) -> None:
    from django.conf import settings
    from transactions.models import Transaction

    play(folder)
    found = {(row.account_id, row.ip_address) for row in Transaction.objects.filter(terminal_id__isnull=False)}
    assert len(found) == CUSTOMERS
    assert all(address.startswith(settings.HOME_PREFIX) for _, address in found)


def test_after_the_history_the_simulated_clock_runs_at_the_speed(folder: Path) -> None:
    from django.utils import timezone
    from transactions.models import Transaction
    from transactions.player import Player

    speed = 10 * 3_600
    player = Player(folder, speed)
    timer = threading.Timer(4, player.stop)
    timer.start()
    player.run()
    timer.join()
    assert player._began is not None, "the history took four seconds"
    taken = (timezone.now() - player._began.at).total_seconds()
    live = Transaction.objects.filter(received_at__gt=BEGIN + 4 * DAY)
    expected = taken * speed / 3_600
    assert expected * 0.7 - 2 <= live.count() <= expected + 1, f"{live.count()} hours in {taken:.1f} s"
    assert player.now() == live.latest("pk").received_at


@pytest.mark.parametrize("stored", [0, 1, 60, 150])
def test_a_restart_goes_on_where_it_stopped(folder: Path, stored: int) -> None:
    """Of a run that was killed, with a fraud of the page's buttons in the middle."""
    from transactions.models import Outcome, Transaction
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    play(folder)
    cut = Transaction.objects.order_by("pk")[stored].pk
    told = Outcome.objects.filter(known_at__gte=BEGIN + max(0, stored - 5) * DAY / 24)
    Outcome.objects.filter(pk__in=[row.pk for row in told]).delete()
    Transaction.objects.filter(pk__gte=cut).delete()
    PaymentTable().add([Payment(1, Decimal(5000), "10.0.0.1")])
    play(folder)
    require_all_written_once()
    play(folder)
    require_all_written_once()
    assert Transaction.objects.count() == 201, "the button's fraud stays"


def test_an_outcome_waits_for_the_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from transactions import committing
    from transactions.models import Outcome

    answers = [OperationalError("gone"), OperationalError("gone")]
    write_rows = Outcome.objects.bulk_create

    def bulk_create(*args: Any, **named: Any) -> Any:
        if answers:
            raise answers.pop()
        return write_rows(*args, **named)

    monkeypatch.setattr(Outcome.objects, "bulk_create", bulk_create)
    monkeypatch.setattr(committing, "RETRY_SECONDS", 0.01)
    play(folder)
    assert not answers
    require_all_written_once()


def test_an_outcome_whose_answer_was_lost_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from transactions import committing, outcome_table
    from transactions.models import Outcome

    insert, lost = outcome_table._insert, [True]

    def loses_its_answer(outcomes: Any) -> None:
        insert(outcomes)
        if lost:
            lost.pop()
            raise OperationalError("gone")

    monkeypatch.setattr(outcome_table, "_insert", loses_its_answer)
    monkeypatch.setattr(committing, "RETRY_SECONDS", 0)
    before, now = Outcome.objects.count(), datetime.datetime.now(datetime.UTC)
    outcome = Outcome(transaction_id=1, account_id=1, amount=Decimal(1), is_fraud=True, known_at=now)
    outcome_table.add([outcome], threading.Event())
    assert Outcome.objects.count() == before + 1


def test_it_is_never_far_ahead_of_the_pipeline(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import player as module
    from transactions.models import Transaction

    monkeypatch.setattr(module, "AHEAD", 30)
    monkeypatch.setattr(module, "MOST_AT_ONCE", 10)
    player = module.Player(folder, 1e9)
    thread = threading.Thread(target=player.run)
    (folder / "judged.json").unlink()
    thread.start()
    thread.join(0.3)
    assert Transaction.objects.count() == 0, "the pipeline is not up yet"
    for judged in (0, 25, 80):
        judge(folder, judged)
        until(lambda judged=judged: Transaction.objects.count() >= judged + 20, f"{judged + 20} payments", 20)
        thread.join(0.2)
        assert Transaction.objects.count() <= judged + 40
    judge(folder, 200)
    thread.join(20)
    require_all_written_once()


def test_more_customers_than_users_are_refused(folder: Path) -> None:
    about = {"customers": 51, "unjudged": 0, "live_from": BEGIN.isoformat()}
    (folder / "scenario.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(RuntimeError, match="51 customers and the database 50 users"):
        play(folder)


def test_a_scenario_that_fails_says_so(folder: Path) -> None:
    from transactions.player import Player

    with (folder / PAYMENTS).open("a", encoding="utf-8") as file:
        file.write("200,2026-02-01T00:00:00Z,not a number,,1\n")
    player = Player(folder, 1e9)
    with pytest.raises(ValueError, match="not a number"):
        player.run()
    assert player.state()["phase"] == "failed"


def test_an_alert_while_payments_are_written_finds_its_commit(folder: Path) -> None:
    player = play(folder)
    writing = threading.Thread(target=lambda: [player._commits.append(player._commits[-1]) for _ in range(200_000)])
    writing.start()
    while writing.is_alive():
        assert player.committed_at(BEGIN + 8 * DAY) is not None


def test_a_fraud_of_the_buttons_has_the_simulated_time(folder: Path) -> None:
    from transactions.payment_table import PaymentTable
    from transactions.payments import Payment

    player = play(folder)
    (row,) = PaymentTable(player.now).add([Payment(1, Decimal(5000), "10.0.0.1")])
    assert row.received_at == BEGIN + 199 * DAY / 24 + DAY, "the time of the last outcome"


def test_the_delay_counts_from_the_commit_and_not_in_the_history(folder: Path) -> None:
    from django.utils import timezone

    before = timezone.now()
    player = play(folder)
    assert player.committed_at(BEGIN) is None
    assert player.committed_at(BEGIN + 3.9 * DAY) is None
    at = player.committed_at(BEGIN + 7 * DAY)
    assert at is not None and before <= at <= timezone.now()


def verdicts(outcomes: dict[int, bool], alerts: dict[int, tuple[str, ...]]) -> Any:
    from transactions.verdicts import Verdicts

    found = Verdicts()
    tell(outcomes)
    for payment, rules in alerts.items():
        for rule in rules:
            found.alert(payment, rule)
    found.look()
    return found


def tell(outcomes: dict[int, bool]) -> None:
    from transactions.models import Outcome

    for payment, is_fraud in outcomes.items():
        Outcome.objects.create(transaction_id=payment, account_id=1, amount=1, is_fraud=is_fraud, known_at=BEGIN)


def test_precision_and_recall_are_of_payments_whose_outcome_is_known() -> None:
    found = verdicts(
        {1: True, 2: False, 3: True, 4: True, 5: False},
        {1: ("score", "large_amount"), 2: ("large_amount",), 3: ("score",), 9: ("score",)},
    ).figures()
    assert found == {
        "first": 1,
        "payments": 5,
        "frauds": 3,
        "alerts": 3,
        "hits": 2,
        "by_rule": {"large_amount": {"alerts": 2, "hits": 1}, "score": {"alerts": 2, "hits": 2}},
    }, "payment 9 has no outcome yet"


def test_alert_and_outcome_may_come_in_any_order_and_the_last_outcome_counts() -> None:
    found = verdicts({1: True, 2: False}, {1: ("score",)})
    found.alert(2, "score")
    found.look()
    assert (found.figures()["alerts"], found.figures()["hits"]) == (2, 1)
    tell({1: False, 2: True, 3: True})
    found.look()
    assert (found.figures()["alerts"], found.figures()["hits"], found.figures()["frauds"]) == (2, 1, 2)


def test_frauds_from_before_the_oldest_known_alert_do_not_count() -> None:
    """The app was restarted, and the alerts of those payments have left the topic."""
    assert verdicts({1: True, 2: True, 7: True}, {5: ("score",)}).figures()["frauds"] == 1


def test_the_first_days_of_a_scenario_do_not_count(folder: Path) -> None:
    from transactions.models import Transaction
    from transactions.player import Player
    from transactions.verdicts import Verdicts

    assert Player(folder, 1).first_judged() is None
    player = play(folder)
    numbers = list(Transaction.objects.order_by("pk").values_list("pk", flat=True))
    assert player.first_judged() == numbers[48]
    found = Verdicts(player.first_judged)
    for number in (numbers[0], numbers[50], numbers[51]):
        found.alert(number, "score")
    found.look()
    assert found.figures() == {
        "first": numbers[48],
        "payments": 152,
        "frauds": 15,
        "alerts": 2,
        "hits": 1,
        "by_rule": {"score": {"alerts": 2, "hits": 1}},
    }


def test_without_outcomes_or_alerts_there_are_no_figures() -> None:
    assert verdicts({}, {1: ("score",)}).figures() is None
    assert verdicts({1: True}, {}).figures() is None


def test_only_the_newest_outcomes_and_alerts_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from transactions import verdicts as module

    monkeypatch.setattr(module, "MOST", 20)
    found = verdicts(dict.fromkeys(range(1, 51), True), dict.fromkeys(range(1, 51), ("score",)))
    assert (found.figures()["payments"], found.figures()["hits"]) == (20, 20)
    tell(dict.fromkeys(range(51, 61), True))
    found.look()
    assert (found.figures()["payments"], found.figures()["alerts"]) == (20, 10), "the older ten left"


def test_the_page_of_a_scenario_has_no_slider_and_generates_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transactions import views
    from transactions.live import Live

    settings = views.settings
    monkeypatch.setattr(settings, "SCENARIO_FOLDER", str(folder), raising=False)
    playing = Live()
    monkeypatch.setattr(views, "live", lambda: playing)
    page = client().get("/").content.decode()
    assert 'id="generator"' not in page and 'id="scenario"' in page
    refused = client().post("/api/generator", '{"rate": 5}', content_type="application/json")
    assert (refused.status_code, refused.json()["detail"]) == (409, "A scenario is played; nothing else is generated.")
    assert client().get("/api/state").json()["scenario"]["phase"] == "history"
