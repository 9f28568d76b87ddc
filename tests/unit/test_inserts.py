"""An INSERT and the contract of its topic have the same columns; a difference is told by file, line, column and fix."""

from __future__ import annotations

import pytest

from components.confluent.columns import TABLES
from components.confluent.inserts import problems
from components.contracts import Column, String, Table

NAMED = ("ID", "AMOUNT", "PAID_AT", "ADDRESS", "PAYER")
INTO = "INSERT INTO `paid` (`ID`, `AMOUNT`, `PAID_AT`, `ADDRESS`, `PAYER`)\n"
GOOD = INTO + "SELECT `ID`, `p`.`AMOUNT`, CURRENT_TIMESTAMP AS `PAID_AT`,\n'a, FROM' `ADDRESS`, 7 AS PAYER"


@pytest.fixture(autouse=True)
def _topic(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = tuple(Column(name=name, type=String()) for name in NAMED)
    monkeypatch.setitem(TABLES, "paid", Table(name="paid", topic="paid", columns=columns))


@pytest.mark.parametrize(
    "sql",
    [
        GOOD,
        f"EXECUTE STATEMENT SET\nBEGIN\n{GOOD}\nFROM `x`;\n{GOOD}\nFROM `x`, `y`;\nEND;",
        GOOD.replace("SELECT", "WITH `w` AS (SELECT 1, `z` FROM `y`), `v` AS (SELECT 2)\nSELECT"),
        GOOD.replace("7 AS", "MAX(`a`, ARRAY[1, 2]) AS").replace("T `ID`,", "T (SELECT 1 FROM `y`) AS `ID`,"),
        GOOD.replace("7 AS", "`a` IS DISTINCT FROM `b` AS"),
        GOOD.replace("'a, FROM'", r"'\'"),
        "INSERT INTO `elsewhere` SELECT 1",
        "ALTER TABLE `paid` SET ('a' = 'INSERT INTO')",
        "SELECT 1",
    ],
)
def test_an_insert_that_gives_every_column_is_fine(sql: str) -> None:
    assert problems("f.sql", sql) == []


SELECT = "the SELECT into paid"
ORDER = f"{SELECT} must give the columns in this order: ID, AMOUNT, "
NAMES = 'paid needs its columns by name; write INSERT INTO `paid` ({{ columns("paid") }})'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("`p`.`AMOUNT`, ", "", f"{SELECT} lacks AMOUNT; add what is missing, or take"),
        ("7 AS PAYER", "7 AS PAYER, 1 AS `more`", f"{SELECT} ends an expression with more, which is no column; end"),
        ("T `ID`,", "T `ID`, 2 * (1),", f"{SELECT} ends an expression with ), "),
        ("`ID`, `p`.`AMOUNT`", "`p`.`AMOUNT`, `ID`", ORDER),
        ("`ID`, `p`", "`ID`, `ID`, `p`", ORDER),
        (INTO, "INSERT INTO `paid`\n", NAMES),
        (", `AMOUNT`", "", NAMES),
    ],
)  # fmt: skip
def test_a_difference_is_told_with_line_and_fix(old: str, new: str, told: str) -> None:
    assert old in GOOD
    (found,) = problems("f.sql", f"\n{GOOD.replace(old, new, 1)}")
    assert found.startswith(f"f.sql:2: {told}")


def test_all_differences_are_told_at_once() -> None:
    one = GOOD.replace("`ID`, `p`.`AMOUNT`", "1")
    assert len(problems("f.sql", f"EXECUTE STATEMENT SET BEGIN {one} FROM `x`; {one}; END")) == 4


@pytest.mark.parametrize("sql", ["INSERT INTO `paid` SELECT 'open", "INSERT INTO `paid` (`open"])
def test_what_is_never_closed_is_told(sql: str) -> None:
    (found,) = problems("f.sql", sql)
    assert found.startswith("f.sql: ") and found.endswith("close the text or the name that is open")
