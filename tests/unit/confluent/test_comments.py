"""Removing comments from a statement's text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.confluent.comments import without_comments
from components.confluent.statements import SQL_FOLDER, TEMPLATES, rule_sql, score_sql
from tests.unit.arguments import VARIABLES

CODE = [
    "SELECT", "`a`", ", 1", "'text'", "''", "'it''s'", "'a -- b'", "'/* c */'", "'two  \n  -- lines'", "`a -- b`",
    "`a /* b`", "`a``--b`", '"a -- b"', "E'it\\'s -- x'", "e'\\\\'", "love'x'", "/*+ STATE_TTL('a' = '1d') */", "- 1",
    "U&'\\0041--'", "(2 * 3) / 4", ";",
]  # fmt: skip
COMMENTS = ["/* c */", "/**/", "/* it's */", "/* ` */", "/* -- */", "/** doc */", "/*/ */", "/* two\nlines */"]
LINE_COMMENTS = ["-- c", "--", "-- it's", "-- ` \" /* '", "--+ no hint", "// c", "-- {{ x }}   "]


@pytest.mark.parametrize(
    ("sql", "left"),
    [
        ("SELECT 1 -- one\n, 2\n", "SELECT 1\n, 2"),
        ("-- header\n\nSELECT 1;", "\n\nSELECT 1;"),
        ("SELECT '-- no comment', `-- nor this` -- but this", "SELECT '-- no comment', `-- nor this`"),
        ("SELECT 'it''s -- text' -- comment", "SELECT 'it''s -- text'"),
        ("SELECT E'it\\'s -- text' -- comment", "SELECT E'it\\'s -- text'"),
        ("SELECT 'C:\\' -- comment", "SELECT 'C:\\'"),
        ("SELECT a/* x */b", "SELECT a b"),
        ("a /* one\ntwo */ b", "a\n b"),
        ("SELECT /*+ STATE_TTL('a' = '1d') */ 1 /* x */", "SELECT /*+ STATE_TTL('a' = '1d') */ 1"),
        ("SELECT 'ends  \nthere'  \n", "SELECT 'ends  \nthere'"),
        ("SELECT 1;\n\n-- the end\n", "SELECT 1;"),
        ("INSERT 1; /* never ends INSERT 2;", "INSERT 1; /* never ends INSERT 2;"),
        ("", ""),
        ("-- only this", ""),
    ],
)
def test_only_comments_are_removed(sql: str, left: str) -> None:
    assert without_comments(sql) == left


@given(st.lists(st.tuples(st.sampled_from(CODE), st.sampled_from([*COMMENTS, "", " \t "]),
                          st.sampled_from([*LINE_COMMENTS, "", "  "])), max_size=8))  # fmt: skip
def test_code_keeps_its_text_and_its_line(lines: list[tuple[str, str, str]]) -> None:
    sql = "\n".join(f"{code}{comment} {end}" for code, comment, end in lines)
    wanted = "\n".join(code + "\n" * comment.count("\n") for code, comment, _ in lines).rstrip("\n")
    assert without_comments(sql) == wanted


@given(st.lists(st.sampled_from([*CODE, *COMMENTS, *LINE_COMMENTS, "\n", "'", "`", "/", "*", "-", " "])).map("".join))
def test_a_second_removal_changes_nothing(sql: str) -> None:
    once = without_comments(sql)
    assert without_comments(once) == once


@pytest.mark.parametrize("file", sorted(path.relative_to(SQL_FOLDER).as_posix() for path in SQL_FOLDER.rglob("*.sql")))
def test_a_statement_without_its_comments_keeps_its_lines(file: str) -> None:
    text = TEMPLATES.get_template(file).render(
        VARIABLES, topic="t", rules=rule_sql(VARIABLES), score=score_sql(VARIABLES)
    )
    bare = without_comments(text)
    assert "--" not in bare
    for kept, line in zip(bare.splitlines(), text.splitlines(), strict=False):
        assert line.startswith(kept)
