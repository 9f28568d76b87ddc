"""Takes out of a Flink SQL text what Flink does not read, so that a change of it replaces no statement."""

from __future__ import annotations

import re

# Tokens that may hold what looks like a comment, by the rules of Flink's parser (Apache Calcite): E'…' has backslash
# escapes, two quotes stand for one, and a text without its end reaches to the end of the file. Words are tokens too, of
# letters, digits, _ and $: only an E that begins one begins such a text. Before a $ it may have dots and dashes: all of
# a--$b is a word.
_KEPT = r"""(?P<kept>
    [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z) | '(?:[^']|'')*(?:'|\Z) | `(?:[^`\r\n]|``)*` | "[^"\r\n]*"
    | [\w$][\w$.-]*\$(?!\d)[\w$]+ | (?!\d)[\w$]+ | \*/
)"""
# Calcite takes // for a line comment, too. /*+ begins a hint, which Flink reads; /**/ is a comment, /***/ begins one.
_COMMENT = re.compile(
    rf"{_KEPT} | (?P<line> (?:--|//)[^\r\n]*) | (?P<block> /\*(?:\*[^/]|(?!\+|\*[^/])).*?\*/) | (?P<open> /\*(?!\+).*)",
    re.DOTALL | re.VERBOSE,
)
_BLANK = re.compile(rf"{_KEPT} | (?P<blank> [ \t\f]+(?=[\r\n]) | [ \t\f\r\n]+\Z)", re.DOTALL | re.VERBOSE)


def without_comments(sql: str) -> str:
    """The text without comments, white space at the ends of lines and empty lines at its end.

    Every token of Flink's stays as it is and on its line, so that the line in an error is that of the file. A comment
    that never ends stays, for Flink to refuse: without it half of a statement could pass for a whole one.
    """
    return _BLANK.sub(lambda part: part["kept"] or "", _COMMENT.sub(_uncommented, sql))


def _uncommented(part: re.Match[str]) -> str:
    if part["line"]:
        return ""
    if part["block"]:
        # A comment separates tokens as a space does.
        return "".join(re.findall(r"[\r\n]", part["block"])) or " "
    return part[0]
