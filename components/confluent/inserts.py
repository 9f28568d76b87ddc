"""Whether each INSERT of a statement gives every column of its topic. Flink compares their number and types alone."""

from __future__ import annotations

# sqlglot.tokens has no __all__.
# pyright: reportPrivateImportUsage=false
from collections.abc import Iterator
from itertools import accumulate

from sqlglot.errors import TokenError
from sqlglot.tokens import Token, Tokenizer, TokenType

from .columns import TABLES

DECLARED = "components/contracts/tables.py"
DEEPER = {TokenType.L_PAREN: 1, TokenType.L_BRACKET: 1, TokenType.R_PAREN: -1, TokenType.R_BRACKET: -1}


class FlinkTokenizer(Tokenizer):
    """sqlglot has no dialect for Flink, and no parser that takes all of its SQL. Tokens are enough here."""

    IDENTIFIERS = ["`"]  # noqa: RUF012 - declared so by sqlglot
    COMMANDS = set[TokenType]()  # noqa: RUF012 - else all of EXECUTE STATEMENT SET … is one token


def problems(file: str, sql: str) -> list[str]:
    """`file:line: problem, fix` for each column that the contract or the statement alone has."""
    try:
        tokens = FlinkTokenizer().tokenize(sql)
    except TokenError as error:
        return [f"{file}: {error}; close the text or the name that is open"]
    inserts = [place for place, token in enumerate(tokens) if token.token_type is TokenType.INSERT]
    return [f"{file}:{tokens[place].line}: {problem}" for place in inserts for problem in _problems(tokens[place:])]


def _problems(insert: list[Token]) -> Iterator[str]:
    """`insert` begins with INSERT, INTO, the table's name."""
    if len(insert) < 4 or insert[2].text not in TABLES:
        return
    topic, depths = insert[2].text, accumulate(DEEPER.get(token.token_type, 0) for token in insert)
    select = next((i for i, depth in enumerate(depths) if not depth and insert[i].token_type is TokenType.SELECT), 0)
    wanted, given = [column.name for column in TABLES[topic].published], _names(insert[select + 1 :])
    if lacking := [name for name in wanted if name not in given]:
        yield f"the SELECT into {topic} lacks {', '.join(lacking)}; add what is missing, or take it out of {DECLARED}"
    if unknown := [name for name in given if name not in wanted]:
        fix = f"end the expression with AS and the name of a column, or declare it in {DECLARED}"
        yield f"the SELECT into {topic} ends an expression with {', '.join(unknown)}, which is no column; {fix}"
    if set(given) == set(wanted) and given != wanted:
        yield f"the SELECT into {topic} must give the columns in this order: {', '.join(wanted)}"
    if insert[3].token_type is not TokenType.L_PAREN or _names(insert[4:]) != wanted:
        yield f'{topic} needs its columns by name; write INSERT INTO `{topic}` ({{{{ columns("{topic}") }}}})'


def _names(tokens: list[Token]) -> list[str]:
    """The last word of each expression, its name; the list ends with a parenthesis, FROM or a semicolon."""
    depth, last, names = 0, "", list[str]()
    for token in tokens:
        kind, depth = token.token_type, depth + DEEPER.get(token.token_type, 0)
        from_clause = kind is TokenType.FROM and last.upper() != "DISTINCT"  # IS DISTINCT FROM compares
        if depth < 0 or (depth == 0 and (from_clause or kind is TokenType.SEMICOLON)):
            break
        if depth == 0 and kind is TokenType.COMMA:
            names.append(last)
        last = token.text
    return [*names, last]
