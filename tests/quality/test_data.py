"""A folder's files are checked before anything is made: one error with every problem."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from quality.csv_table import DataError
from quality.data import OPTIONAL, read

PAYMENTS = "transaction_id,tx_time,customer_id,terminal_id,amount\n"
OUTCOMES = "transaction_id,customer_id,terminal_id,amount,is_fraud,known_at\n"


def folder(tmp_path: Path, payments: str, outcomes: str = OUTCOMES) -> Path:
    (tmp_path / "transactions.csv").write_text(payments, encoding="utf-8")
    (tmp_path / "labels_delayed.csv").write_text(outcomes, encoding="utf-8")
    return tmp_path


def test_rows_are_ordered_by_time_and_typed(tmp_path: Path) -> None:
    rows = "7,2026-01-02T00:00:00Z,c9,t1,1.5\n8,2026-01-01 00:00:00,c1,,2\n"
    payments, outcomes = read(folder(tmp_path, PAYMENTS + rows, OUTCOMES + "7,c9,t1,1.5,1,2026-01-09\n"))
    assert payments.transaction_id.tolist() == [8, 7] and payments.amount.tolist() == [Decimal("2.00"), Decimal("1.50")]
    assert payments.terminal_id.tolist() == [None, "t1"], "an empty terminal is none"
    assert outcomes.is_fraud.tolist() == [True]
    assert outcomes.account.iloc[0] == payments.account.iloc[1] != payments.account.iloc[0]


def test_every_problem_is_told(tmp_path: Path) -> None:
    wrong = "a,yesterday,c,t,NaN\n1.5,2026-01-01,c,t,1e400\n"
    with pytest.raises(DataError) as caught:
        read(folder(tmp_path, PAYMENTS + wrong, OUTCOMES + "1,c,t,1,perhaps,2026-01-09\n"))
    told = str(caught.value)
    assert "transactions.csv:2: transaction_id is 'a'; allowed: a whole number (2 such rows)" in told
    assert "transactions.csv:2: tx_time is 'yesterday'; allowed: an ISO 8601 time" in told
    assert "transactions.csv:2: amount is 'NaN'" in told and "(2 such rows)" in told
    assert "labels_delayed.csv:2: is_fraud is 'perhaps'; allowed: 1 or 0" in told


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("", "it has no rows"),
        ("1e3,2026-01-01,c,t,1\n", "transaction_id is '1e3'; allowed: a whole number"),
        ("1,2026-01-01,c,t,1,50\n", "rows have more fields than the header"),
    ],
)
def test_rows_that_are_none_are_told(tmp_path: Path, rows: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read(folder(tmp_path, PAYMENTS + rows))


def test_an_id_that_was_a_float_is_whole_and_may_be_negative(tmp_path: Path) -> None:
    payments, _ = read(folder(tmp_path, PAYMENTS + "7.0,2026-01-01,c,t,1\n-5,2026-01-02,c,t,1\n"))
    assert payments.transaction_id.tolist() == [7, -5]


def test_a_payment_is_there_once(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="transaction_id: some are there twice"):
        read(folder(tmp_path, PAYMENTS + "1,2026-01-01,c,t,1\n" * 2))


MORE = PAYMENTS.strip() + ",device_id,ip_address,latitude,longitude,payee_id\n"


def test_optional_columns_are_typed_and_may_be_empty(tmp_path: Path) -> None:
    rows = "1,2026-01-01,7,,5,phone,2001:db8::1,52.5200066,-13.4,8.0\n2,2026-01-02,8,t,5,,,,,\n"
    payments, _ = read(folder(tmp_path, MORE + rows + "3,2026-01-03,9,t,5,,,0,0,x\n"))
    first, second, third = payments.to_dict("records")
    assert (first["device_id"], first["ip_address"]) == ("phone", "2001:db8::1")
    assert (first["latitude"], first["longitude"]) == (Decimal("52.52001"), Decimal("-13.40000"))
    assert first["payee"] == second["account"], "payees and customers have ids of one space; 8.0 is 8"
    assert third["payee"] not in {first["account"], second["account"], third["account"], None}
    assert [second[name] for name in OPTIONAL] == [None] * 5 and second["payee"] is None
    assert third["latitude"] == 0, "nought is a place"


def test_a_folder_without_optional_columns_has_none(tmp_path: Path) -> None:
    payments, _ = read(folder(tmp_path, PAYMENTS + "1,2026-01-01,7,t,5\n"))
    assert payments[[*OPTIONAL, "payee"]].isna().all(axis=None)


def test_every_problem_of_optional_columns_is_told(tmp_path: Path) -> None:
    long = "d" * 65
    rows = (
        f"1,2026-01-01,7,t,5,{long},10.0.0,91,181,\n2,2026-01-01,7,t,5,,10.0.0.1,1,,\n3,2026-01-01,7,t,5,,x,NaN,inf,\n"
    )
    with pytest.raises(DataError) as caught:
        read(folder(tmp_path, MORE + rows))
    told = str(caught.value)
    assert f"transactions.csv:2: device_id is '{long}'; allowed: at most 64 characters (1 such rows)" in told
    assert (
        "transactions.csv:2: ip_address is '10.0.0'; allowed: an IPv4 or IPv6 address, or nothing (2 such rows)" in told
    )
    assert "transactions.csv:2: latitude is '91'; allowed: degrees from -90 to 90, or nothing (2 such rows)" in told
    assert "transactions.csv:2: longitude is '181'; allowed: degrees from -180 to 180" in told
    assert "transactions.csv:3: latitude and longitude belong together; give both (1 such rows)" in told


def test_only_a_folder_that_gets_scores_must_be_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    place = folder(tmp_path, PAYMENTS + "1,2026-01-01,7,t,5\n")
    assert len(read(place)[0]) == 1, "a scenario is only read"
    with pytest.raises(DataError, match=r"scores\.csv cannot be written there; give a folder that you may write to"):
        read(place, written=["scores.csv"])


@pytest.mark.parametrize("text", ["transaction_id,tx_time\n1,2026-01-01\n", ""])
def test_a_missing_column_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r"customer_id, terminal_id, amount"):
        read(folder(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"transactions\.csv: cannot be read"):
        read(tmp_path)
