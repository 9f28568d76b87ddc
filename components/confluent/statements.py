"""Flink SQL statements: each declared beside its file, with what it reads and writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import pulumi
import pulumi_confluentcloud as confluent

from components.confluent.comments import without_comments

SQL_FOLDER = Path(__file__).resolve().parents[2] / "flink_sql"
# Limits of the service: a statement's name and the length of its text.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,71}")
MAX_TEXT = 131_072
# The engine's name for "its creation failed". A statement or connector that ended up FAILED is in the state all the
# same; without this the next `up` would note it as updated, and build what depends on it.
INIT_ERROR = "#initerror"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """`file` is in flink_sql; `reads`, `writes` and `alters` are topics; `after` are statements that must run first."""

    name: str
    file: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    alters: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)

    def text(self, variables: Mapping[str, object]) -> str:
        """The statement with its `${thresholds}` filled in and without its comments, line by line as in the file.

        Raises:
            ValueError: the file is missing, names an unknown variable or is too long.
        """
        path = SQL_FOLDER / self.file
        if not path.is_file():
            raise ValueError(f"statement {self.name}: flink_sql/{self.file} does not exist")
        try:
            text = Template(path.read_text(encoding="utf-8")).substitute(variables)
        except KeyError as error:
            known = ", ".join(sorted(variables))
            raise ValueError(f"flink_sql/{self.file}: no variable ${{{error.args[0]}}}; known: {known}") from None
        except ValueError as error:
            raise ValueError(f"flink_sql/{self.file}: {error}; write $$ for a dollar sign") from None
        text = without_comments(text)
        if len(text) > MAX_TEXT:
            raise ValueError(f"flink_sql/{self.file}: {len(text)} characters; the service takes {MAX_TEXT}")
        return text


@dataclass(frozen=True, kw_only=True)
class StatementPlace:
    """Where statements run; pool, principal and credentials come from the provider."""

    prefix: str
    catalog: pulumi.Input[str]
    database: pulumi.Input[str]
    variables: Mapping[str, object]


def make_statement(
    statement: Statement, place: StatementPlace, parent: pulumi.Resource, depends_on: list[pulumi.Resource]
) -> confluent.FlinkStatement:
    """A statement that any change replaces, the old one deleted first: the service changes nothing in place."""
    name = f"{place.prefix}-{statement.name}"
    if not NAME.fullmatch(name):
        raise ValueError(f"statement name {name!r}: at most 72 characters of a-z, 0-9 and -")
    return confluent.FlinkStatement(
        name,
        statement=statement.text(place.variables),
        statement_name=name,
        properties={
            "sql.current-catalog": place.catalog,
            "sql.current-database": place.database,
            **statement.properties,
        },
        opts=pulumi.ResourceOptions(
            parent=parent,
            depends_on=depends_on,
            delete_before_replace=True,
            replace_on_changes=["properties", "statementName", INIT_ERROR],
            custom_timeouts=pulumi.CustomTimeouts(create="20m"),
        ),
    )
