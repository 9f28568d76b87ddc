"""Remove comments from Flink SQL, so that editing a comment replaces no statement."""

from __future__ import annotations

import re

# Tokens that may contain the characters of a comment, by the rules of Flink's parser (Apache Calcite). E'…' has
# backslash escapes, two quotes stand for one, and an unclosed text reaches to the end of the file. Words (letters,
# digits, _ and $) are tokens too, so that only an E at the start of a word begins E'…'. A word may have dots and dashes
# before a $: a--$b is one word. So is the name of a character set before a text: _a--'b'.
_KEPT = r"""(?P<kept>
    _[A-Za-z0-9][\w.:-]*'(?:[^']|'')*'
    | [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z) | '(?:[^']|'')*(?:'|\Z) | `(?:[^`\r\n]|``)*` | "[^"\r\n]*"
    | [\w$][\w$.-]*\$(?!\d)[\w$]+ | (?!\d)[\w$]+ | \*/
)"""
# In Calcite // also begins a line comment, /*+ begins a hint for Flink, /**/ is a comment, and /***/ begins one.
_COMMENT = re.compile(
    rf"{_KEPT} | (?P<line> (?:--|//)[^\r\n]*) | (?P<block> /\*(?:\*[^/]|(?!\+|\*[^/])).*?\*/) | (?P<open> /\*(?!\+).*)",
    re.DOTALL | re.VERBOSE,
)
_BLANK = re.compile(rf"{_KEPT} | (?P<blank> [ \t\f]+(?=[\r\n]) | [ \t\f\r\n]+\Z)", re.DOTALL | re.VERBOSE)


def without_comments(sql: str) -> str:
    """The text without comments, trailing white space and empty lines at its end.

    Every token stays on its line, so that line numbers in Flink's errors match the file. An unclosed comment stays for
    Flink to refuse: without it, half a statement could look like a whole one.
    """
    return _BLANK.sub(lambda part: part["kept"] or "", _COMMENT.sub(_uncommented, sql))


def _uncommented(part: re.Match[str]) -> str:
    if part["line"]:
        return ""
    if part["block"]:
        # A comment separates tokens as a space does.
        return "".join(re.findall(r"[\r\n]", part["block"])) or " "
    return part[0]
