"""The four rules on real Flink: at their limits, at the window's edge, per account, in exact money."""

from __future__ import annotations

import json

import pytest

from contracts import USER_TRANSACTION
from local.flink import unreadable
from tests.sql.conftest import Lab

pytestmark = pytest.mark.local


def test_burst_count_begins_with_the_eleventh_payment(lab: Lab) -> None:
    account = lab.user()
    for _ in range(10):
        lab.pay(account, "1.00")
    lab.settle()
    assert lab.rules(account) == [], "ten payments are allowed; check the comparison with ${burst_count} in fraud.sql"
    eleventh = lab.pay(account, "1.00")
    lab.settle()
    assert [(a["rule_id"], a["transaction_id"]) for a in lab.alerts[account]] == [("burst_count", eleventh)]
    assert lab.alerts[account][0]["reason"] == "11 payments within 10 minutes, more than 10"


@pytest.mark.parametrize(("last", "rules"), [("199.99", []), ("200.00", ["burst_amount"])])
def test_burst_amount_begins_with_the_limit_itself(lab: Lab, last: str, rules: list[str]) -> None:
    account = lab.user()
    for amount in ("400.00", "400.00", last):
        lab.pay(account, amount)
    lab.settle()
    assert lab.rules(account) == rules, f"400 + 400 + {last} against 1000.00"


@pytest.mark.parametrize(("amount", "rules"), [("999.99", []), ("1000.00", ["large_amount"])])
def test_large_amount_begins_with_the_limit_itself(lab: Lab, amount: str, rules: list[str]) -> None:
    account = lab.user()
    lab.pay(account, amount)
    lab.settle()
    assert lab.rules(account) == rules


@pytest.mark.parametrize(("address", "rules"), [("10.1.2.3", []), ("100.1.2.3", ["foreign_address"])])
def test_foreign_address_is_one_without_the_home_prefix(lab: Lab, address: str, rules: list[str]) -> None:
    account = lab.user()
    lab.pay(account, "5.00", address=address)
    lab.settle()
    assert lab.rules(account) == rules, f"{address} against the prefix `10.`"


@pytest.mark.parametrize(("seconds", "rules"), [(600.0, ["burst_amount"]), (600.001, [])])
def test_the_window_includes_a_payment_of_exactly_ten_minutes_ago(lab: Lab, seconds: float, rules: list[str]) -> None:
    account = lab.user()
    lab.pay(account, "600.00")
    lab.pay(account, "600.00", after=seconds)
    lab.settle()
    assert lab.rules(account) == rules, f"two payments {seconds} s apart"


def test_accounts_do_not_add_up(lab: Lab) -> None:
    accounts = [lab.user(), lab.user()]
    for number in range(12):
        lab.pay(accounts[number % 2], "150.00")
    lab.settle()
    assert [lab.rules(account) for account in accounts] == [[], []], "six payments of 150.00 each are allowed"


def test_money_is_exact(lab: Lab) -> None:
    account = lab.user()
    for _ in range(11):
        lab.pay(account, "0.10")
    lab.settle()
    row = lab.wait(lambda: lab.flagged[account], "flagged_user row")[-1]
    assert (str(row["total_amount"]), row["transaction_count"]) == ("1.10", 11), "a binary float would say 1.0999…"


def test_a_flagged_row_says_who_why_and_how_bad(lab: Lab) -> None:
    account = lab.user(USERNAME="ada", EMAIL="ada@example.com")
    lab.pay(account, "1500.00", address="203.0.113.9")
    lab.settle()
    row = lab.wait(lambda: lab.flagged[account], "flagged_user row")[-1]
    assert (row["user_name"], row["email"]) == ("ada", "ada@example.com")
    assert (row["rules"], row["score"]) == ("large_amount,foreign_address", 100)


def test_an_account_is_unflagged_by_its_first_harmless_payment_after_the_window(lab: Lab) -> None:
    account = lab.user()
    lab.pay(account, "1500.00")
    lab.pay(account, "1.00", after=599)
    lab.settle()
    assert lab.flagged[account][-1] is not None, "the large payment is still in the window"
    lab.pay(account, "1.00", after=602)
    lab.settle()
    lab.wait(lambda: lab.flagged[account][-1] is None, "tombstone in flagged_user")


def test_a_payment_sent_again_counts_once(lab: Lab) -> None:
    account = lab.user()
    numbers = [lab.pay(account, "300.00") for _ in range(3)]
    lab.settle()
    for number in numbers:
        lab.send_again(number)
    lab.settle()
    assert lab.rules(account) == [], "three payments of 300.00, each sent twice, are 900.00: below the limit"


def test_a_payment_sent_again_at_once_counts_once(lab: Lab) -> None:
    account = lab.user()
    for _ in range(3):
        lab.send_again(lab.pay(account, "300.00"))
    lab.settle()
    assert lab.rules(account) == [], "original and repetition reach the window together"


def test_payments_of_one_millisecond_all_count(lab: Lab) -> None:
    accounts = [lab.user() for _ in range(20)]
    for account in accounts:
        lab.pay(account, "1500.00", after=0)
    lab.settle()
    assert [lab.rules(account) for account in accounts] == [["large_amount"]] * 20


def test_a_changed_user_changes_the_flagged_row_and_no_alert(lab: Lab) -> None:
    account = lab.user(EMAIL="old@example.com")
    lab.pay(account, "1500.00")
    lab.settle()
    lab.send_user(account, EMAIL="new@example.com")
    lab.wait(lambda: lab.flagged[account][-1]["email"] == "new@example.com", "flagged row with the new address")  # type: ignore[index]
    assert lab.rules(account) == ["large_amount"], "an update of a user is no payment"


def test_a_deleted_user_takes_the_flagged_row_along(lab: Lab) -> None:
    account = lab.user()
    lab.pay(account, "1500.00")
    lab.settle()
    lab.wait(lambda: lab.flagged[account], "flagged_user row")
    lab.delete_user(account)
    lab.wait(lambda: lab.flagged[account][-1] is None, "tombstone in flagged_user")


def test_a_malformed_record_does_not_stop_the_stream(lab: Lab) -> None:
    lab.raw(USER_TRANSACTION.topic, 0, b"{not Avro")
    lab.raw(USER_TRANSACTION.topic, 0, b"")
    lab.settle()


ROW = {"AMOUNT": 5, "RECEIVED_AT": "2025-01-01T00:00:00.000Z", "IP_ADDRESS": "10.0.0.1", "ACCOUNT_ID": 1}
CHANGES: dict[str, object] = {
    "whole": ROW,
    "a column more": ROW | {"COLOUR": "red"},
    "numbers in quotes": ROW | {"AMOUNT": " 12.30", "ACCOUNT_ID": "7"},
    "a number for an address": ROW | {"IP_ADDRESS": 5},
    "no amount": {key: ROW[key] for key in ROW if key != "AMOUNT"},
    "no time": ROW | {"RECEIVED_AT": None},
    "no account": ROW | {"ACCOUNT_ID": None},
    "words for an amount": ROW | {"AMOUNT": "much"},
    "too great an amount": ROW | {"AMOUNT": 1e10},
    "an amount below none": ROW | {"AMOUNT": -1e10},
    "a truth for an amount": ROW | {"AMOUNT": True},
    "words for an account": ROW | {"ACCOUNT_ID": "x"},
    "too great an account": ROW | {"ACCOUNT_ID": 2**63},
    "no such day": ROW | {"RECEIVED_AT": "2025-02-30T10:00:00Z"},
    "no such month": ROW | {"RECEIVED_AT": "2025-13-01T10:00:00Z"},
    "no such hour": ROW | {"RECEIVED_AT": "2025-12-01T25:00:00Z"},
    "no zone": ROW | {"RECEIVED_AT": "2025-02-20T10:00:00"},
    "a blank for the T": ROW | {"RECEIVED_AT": "2025-02-20 10:00:00Z"},
    "a list": [1],
    "a text": "row",
}


def test_flink_reads_what_the_error_log_takes_for_readable_and_skips_the_rest(lab: Lab) -> None:
    expected = {}
    for number, (name, row) in enumerate(CHANGES.items(), start=1_000_000_000):
        value = json.dumps(
            {"before": None, "after": {"ID": number, **row} if isinstance(row, dict) else row, "op": "c"}
        )
        expected[name] = unreadable.reason(USER_TRANSACTION, None, value.encode()) is None
        lab.raw(USER_TRANSACTION.topic, number, value)
    lab.settle()
    numbers = dict(zip(CHANGES, range(1_000_000_000, 1_000_000_000 + len(CHANGES)), strict=True))
    last = lab.pay(lab.user(), "1.00")
    lab.wait(lambda: last in lab.cleaned, "row in user_transaction")
    assert {name: number in lab.cleaned for name, number in numbers.items()} == expected
    assert not all(expected.values()) and any(expected.values())


def test_the_warehouse_gets_each_payment_with_exact_columns(lab: Lab) -> None:
    account = lab.user()
    number = lab.pay(account, "12.30")
    row = lab.wait(lambda: lab.cleaned.get(number), "row in user_transaction")
    assert str(row["AMOUNT"]) == "12.30"
    assert set(row) == {"ID", "AMOUNT", "RECEIVED_AT", "IP_ADDRESS", "ACCOUNT_ID"}
