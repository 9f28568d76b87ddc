"""Flink SQL statements: each declared beside its file, with what it reads and writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import jinja2
import jinja2.meta
import pulumi
import pulumi_confluentcloud as confluent
from pulumi_command import local

from ..contracts import score
from ..contracts.rules import SQL_FOLDER, RuleError, read
from ..contracts.score import ScoreError, ScoreSql
from ..local_commands import command_line
from .columns import FUNCTIONS
from .comments import without_comments
from .handle import ConfluentHandle
from .inserts import problems
from .rules import RuleSql, render

RULES, SCORE = "rules", "score"
"""The variables of a template that has the fraud rules, or the score."""
# Limits of the service: a statement's name and the length of its text.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,71}")
MAX_TEXT = 131_072
TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(SQL_FOLDER),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 - SQL, of values that were validated
    keep_trailing_newline=True,
)
TEMPLATES.globals.update(FUNCTIONS)  # pyright: ignore[reportUnknownMemberType] - untyped in jinja2
# The engine's name for "its creation failed". A statement or connector that ended up FAILED is in the state all the
# same; without this the next `up` would note it as updated, and build what depends on it.
INIT_ERROR = "#initerror"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """`file` is in flink_sql; `reads`, `writes` and `alters` are topics; `after` are statements that must run first.

    `variables` are those of this statement alone.
    """

    name: str
    file: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    alters: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict[str, str])
    variables: Mapping[str, object] = field(default_factory=dict[str, object])

    def text(self, variables: Mapping[str, object]) -> str:
        """The statement, its template rendered and without comments, line by line as in the file.

        Raises:
            ValueError: the file is missing, names an unknown variable, is no template, writes other columns than the
                contracts have, or is too long.
        """
        variables = {**variables, **self.variables}
        path = SQL_FOLDER / self.file
        if not path.is_file():
            raise ValueError(f"statement {self.name}: flink_sql/{self.file} does not exist")
        try:
            used = _used(self.file)
            if unknown := sorted(used - set(variables) - {RULES, SCORE}):
                known = ", ".join(sorted([*variables, RULES, SCORE, *FUNCTIONS]))
                raise ValueError(f"flink_sql/{self.file}: no variable {', '.join(unknown)}; known: {known}")
            made = {RULES: rule_sql, SCORE: score_sql}
            derived = {name: make(variables) for name, make in made.items() if name in used}
            text = TEMPLATES.get_template(self.file).render(variables, **derived)
        except jinja2.TemplateSyntaxError as error:
            raise ValueError(f"flink_sql/{error.name or self.file}:{error.lineno}: {error.message}") from None
        except jinja2.TemplateError as error:
            raise ValueError(f"flink_sql/{self.file}: {error}") from None
        text = without_comments(text)
        if found := problems(f"flink_sql/{self.file}", text):
            raise ValueError("\n".join(found))
        if len(text) > MAX_TEXT:
            raise ValueError(f"flink_sql/{self.file}: {len(text)} characters; the service takes {MAX_TEXT}")
        return text


def rule_sql(variables: Mapping[str, object]) -> list[RuleSql]:
    """The fraud rules, as a template loops over them. Raises RunError, which the engine shows without a traceback."""
    try:
        return render(read(), TEMPLATES, variables)
    except RuleError as error:
        raise pulumi.RunError(str(error)) from None


def score_sql(variables: Mapping[str, object]) -> ScoreSql:
    """The score, as score.jinja takes it. Raises RunError."""
    try:
        return score.sql(score.FOLDER / str(variables["score_weights"]))
    except ScoreError as error:
        raise pulumi.RunError(str(error)) from None


def _used(file: str) -> set[str]:
    """Names of the variables that a template and those that it imports need."""
    assert TEMPLATES.loader
    parsed = TEMPLATES.parse(TEMPLATES.loader.get_source(TEMPLATES, file)[0], filename=file)
    imported = (name for name in jinja2.meta.find_referenced_templates(parsed) if name)
    return jinja2.meta.find_undeclared_variables(parsed).union(*map(_used, imported))


@dataclass(frozen=True, kw_only=True)
class StatementPlace:
    """Where statements run, and the variables of their texts."""

    prefix: str
    cluster: ConfluentHandle
    variables: Mapping[str, object]

    def properties(self) -> dict[str, pulumi.Input[str]]:
        """Where names of tables are looked up, and the zone of times that come without one: the connector's are UTC."""
        return {
            "sql.local-time-zone": "UTC",
            "sql.current-catalog": self.cluster.environment_name,
            "sql.current-database": self.cluster.kafka_name,
        }


def make_statement(
    statement: Statement, place: StatementPlace, parent: pulumi.Resource, depends_on: list[pulumi.Resource]
) -> pulumi.Resource:
    """A statement that runs on, or one that alters a table once."""
    name = f"{place.prefix}-{statement.name}"
    if not NAME.fullmatch(name):
        raise ValueError(f"statement name {name!r}: at most 72 characters of a-z, 0-9 and -")
    text, properties = statement.text(place.variables), {**place.properties(), **statement.properties}
    opts = pulumi.ResourceOptions(parent=parent, depends_on=depends_on, delete_before_replace=True)
    if statement.alters:
        return _alter(name, text, properties, place.cluster, opts)
    return _run(name, text, properties, opts)


def _run(
    name: str, text: str, properties: Mapping[str, pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> confluent.FlinkStatement:
    """Any change replaces it, the old one deleted first: the service changes nothing in place.

    The new one reads its topics from their beginning: offsets carry over between stateless statements alone
    (cc/flink/operate-and-deploy/carry-over-offsets.md; docs/changing.md).
    Pool, principal and credentials come from the provider.
    """
    replacing = pulumi.ResourceOptions(
        replace_on_changes=["properties", "statementName", INIT_ERROR],
        custom_timeouts=pulumi.CustomTimeouts(create="20m"),
    )
    return confluent.FlinkStatement(
        name,
        statement=text,
        statement_name=name,
        properties=properties,
        opts=pulumi.ResourceOptions.merge(opts, replacing),
    )


def _alter(
    name: str,
    text: str,
    properties: Mapping[str, pulumi.Input[str]],
    cluster: ConfluentHandle,
    opts: pulumi.ResourceOptions,
) -> local.Command:
    """Run once, and again when its text changes; components/confluent/alter.py says why it is no FlinkStatement."""
    return local.Command(
        name,
        create=command_line("confluent.alter", "create"),
        # A rotated key is nothing to run it for.
        update="true",
        delete=command_line("confluent.alter", "delete"),
        dir=".",
        environment={
            "FLINK_URL": cluster.flink_endpoint,
            "FLINK_KEY": cluster.flink_key,
            "FLINK_SECRET": cluster.flink_secret,
            "ORGANIZATION": cluster.organization_id,
            "ENVIRONMENT": cluster.environment_id,
            "POOL": cluster.flink_pool_id,
            "PRINCIPAL": cluster.runner_id,
            "NAME": name,
            "STATEMENT": text,
            "PROPERTIES": pulumi.Output.json_dumps(properties),
        },
        triggers=[text],
        opts=opts,
    )
