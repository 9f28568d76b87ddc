"""Flink's lexer finds the same tokens on the same lines, with and without comments."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from py4j.java_gateway import get_field
from py4j.protocol import Py4JJavaError

from components.confluent.comments import without_comments
from tests.sql.conftest import Lab

pytestmark = pytest.mark.local

PIECES = [
    "SELECT", "a", "e", "1", "1e", "'", "''", "'x'", "'--'", "'/*'", "e'", "E'\\'", "\\", "`", "``", "`a--b`", "--",
    "//", "/*", "/*+", "/**", "*/", "/", "*", "-", "x -- it's", "/* it's */", "/**/", "/***/", "/*/", " ", "  ", "\t",
    "\n", "\r\n", "U&'--'", "x'ab'", ";", "$", "_b", "{{ c }}",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("SELECT 2*/*c*/3")
@example("a /***/ 'b' /* */ c")
@example("SELECT--$SELECT")
@example("SELECT--$$ -- c")
@example("a--$1")
@example("_b--''")
@example("a_b--''")
@example("_b--'c")
@example("a.b--c$d--e$1 -- f")
@example("1-$a--b")
@example("SELECT 'a--b' -- c\n, `x--y` /* z */ // foo\n+ 1")
def test_no_token_is_lost(lab: Lab, sql: str) -> None:
    before = tokens(lab, sql)
    if before is not None:  # Flink refuses an unreadable text with and without comments
        assert tokens(lab, without_comments(sql)) == before


def test_a_text_that_flink_cannot_read_stays_so(lab: Lab) -> None:
    for sql in ("SELECT 1; /* never ends", "SELECT `a\nb` -- c"):
        assert tokens(lab, sql) is None
        assert tokens(lab, without_comments(sql)) is None


def tokens(lab: Lab, sql: str) -> list[tuple[str, int]] | None:
    """(token, line) of each token; None when Flink cannot read the text."""
    jvm: Any = lab.flink.gateway.jvm
    parser = jvm.org.apache.flink.sql.parser.impl
    lexer = parser.FlinkSqlParserImplTokenManager(parser.SimpleCharStream(jvm.java.io.StringReader(sql)))
    # The lexer's state in which backticks quote names, as in Flink.
    lexer.SwitchTo(parser.FlinkSqlParserImplConstants.BTID)
    found = []
    try:
        while get_field(token := lexer.getNextToken(), "kind"):
            found.append((get_field(token, "image"), get_field(token, "beginLine")))
    except Py4JJavaError:
        return None
    return found
