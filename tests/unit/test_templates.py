"""Statements are templates: what is wrong in one is told by its file, and lines stay where they are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import jinja2
import pytest

from components.confluent import statements
from components.confluent.pipeline import statements as declared
from components.confluent.settings import StreamingSettings
from components.confluent.statements import SQL_FOLDER, Statement
from tests.unit.arguments import VARIABLES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(statements, "SQL_FOLDER", tmp_path)
    monkeypatch.setattr(statements.TEMPLATES, "loader", jinja2.FileSystemLoader(tmp_path))
    return tmp_path


def rendered(folder: Path, text: str) -> str:
    (folder / "test.sql").write_text(text)
    return Statement(name="test", file="test.sql").text(VARIABLES)


def test_variables_and_loops_are_filled_in(folder: Path) -> None:
    text = "SELECT {% for i in range(2) %}{{ i }}, {% endfor %}{{ burst_amount }}\nFROM `a$b`"
    assert rendered(folder, text) == "SELECT 0, 1, 1000.00\nFROM `a$b`"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ no_such }}", r"test\.sql: no variable no_such; known: burst_amount, burst_count, .*window_minutes"),
        ("{% if b %}{{ a }}{% endif %}", r"test\.sql: no variable a, b; known: "),
        ("SELECT 1\n{% for %}", r"test\.sql:2: "),
        ("{{ burst_count.no_such }}", r"test\.sql: .*no_such"),
        ("x" * 131_073, r"test\.sql: 131073 characters"),
        ('{{ columns("x") }}', r"test\.sql: no output topic x; known: auth_user, .*user_transaction"),
        ("-- a line\nINSERT INTO `fraud_alert` SELECT 1", r"test\.sql:2: the SELECT into fraud_alert lacks alert_id"),
    ],
)
def test_what_is_wrong_in_a_template_is_told_by_file(folder: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"flink_sql/{message}"):
        rendered(folder, text)


def test_a_missing_file_is_told_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"statement test: flink_sql/test\.sql does not exist"):
        Statement(name="test", file="test.sql").text(VARIABLES)


@pytest.mark.parametrize("statement", declared(24), ids=lambda statement: statement.file)
def test_a_line_of_the_statement_is_that_of_the_file(statement: Statement) -> None:
    """Flink's errors name a line of the text. What a macro generates is on the line of its call."""
    template = (SQL_FOLDER / statement.file).read_text().splitlines()
    for number, line in enumerate(statement.text(VARIABLES).splitlines()):
        if line and "{{" not in template[number]:
            assert template[number].startswith(line.rstrip()), f"flink_sql/{statement.file}:{number + 1}"


def test_the_rules_fit_the_service_with_the_largest_burst() -> None:
    """Each payment that a window can hold makes the statement longer."""
    (fraud,) = (one for one in declared(24) if one.name == "fraud")
    variables = StreamingSettings(burst_count=63, large_amount=Decimal("9999999999.99")).sql_variables
    assert len(fraud.text(variables)) < statements.MAX_TEXT
    with pytest.raises(ValueError, match="burst_count"):
        StreamingSettings(burst_count=64)
