"""Tables and statements in Flink; they survive a restart of the JVM."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError  # pyright: ignore[reportMissingTypeStubs] - none

from components.contracts import Table
from local.errors import RunError
from local.flink import job_settings, table_sql
from local.flink.errors import StatementError, statement_error
from local.flink.table_sql import Added, Declared, Endpoints, Watermark
from local.servers.flink import FlinkGateway

DEFAULT_WATERMARK = Watermark(column=table_sql.ROWTIME, expression=f"`{table_sql.ROWTIME}`")
# The service's default for error-handling.log.target.
DEFAULT_ERROR_LOG = "error_log"
DECLARED = "declared"
LIVE = "live"
# Classes of Flink's syntax tree.
INSERTS = ("RichSqlInsert", "SqlExecute")
ALTER = "SqlAlterTable"


@dataclass(frozen=True, kw_only=True)
class FlinkStatement:
    """`file` is the template's path, for errors; `properties` are those of Confluent Cloud."""

    name: str
    sql: str
    file: str
    properties: Mapping[str, str] = field(default_factory=dict[str, str])


class FlinkSession:
    """Remembers tables and statements, and `restart` brings them back into a new JVM."""

    def __init__(self, gateway: FlinkGateway, endpoints: Endpoints) -> None:
        self.gateway = gateway
        self._endpoints = endpoints
        self._tables: dict[str, Table] = {}
        self._made: dict[str, Declared] = {}
        self._statements: dict[str, FlinkStatement] = {}
        self._jobs: dict[str, Any] = {}
        self._environment: Any = None
        # All threads share the session's current database and settings.
        self._lock = threading.RLock()

    def open(self) -> None:
        """Create the session in a new JVM."""
        jvm = self.gateway.jvm
        configuration = jvm.org.apache.flink.configuration.Configuration()
        for key, value in job_settings.SESSION.items():
            configuration.setString(key, value)
        builder = jvm.org.apache.flink.table.api.EnvironmentSettings.newInstance().inStreamingMode()
        built = builder.withConfiguration(configuration).build()
        self._environment = jvm.org.apache.flink.table.api.TableEnvironment.create(built)
        for database in (DECLARED, LIVE):
            self._environment.executeSql(f"CREATE DATABASE `{database}`")

    def restart(self) -> None:
        """Start a new JVM with the same tables and statements, each from its newest checkpoint."""
        with self._lock:
            self._jobs.clear()
            self.gateway.start()
            self.open()
            for table in self._tables.values():
                self.create_table(table)
            for statement in list(self._statements.values()):
                self.submit(statement)

    def create_table(self, table: Table) -> None:
        """Create the declared and the live table of a topic."""
        with self._lock:
            self._tables[table.topic] = table
            self._use(DECLARED)
            self._environment.executeSql(table_sql.declared_sql(table))
            self._make_live(table)

    def submit(self, statement: FlinkStatement) -> None:
        """Run an ALTER TABLE at once, an INSERT or a set of them as a job.

        Raises StatementError when Flink refuses the statement, RunError for a property that the run cannot honour.
        """
        with self._lock:
            try:
                self._run(statement)
            except Py4JJavaError as error:
                raise statement_error(
                    statement.name, statement.file, statement.sql, error, sorted(self._tables)
                ) from None
            self._statements[statement.name] = statement

    def cancel(self, name: str) -> None:
        """Stop a statement. What it wrote stays, and so do its checkpoints: submitted again, it goes on from them."""
        self._statements.pop(name, None)
        if job := self._jobs.pop(name, None):
            job.cancel().get()

    @property
    def error_logs(self) -> dict[str, str]:
        """Topics whose malformed records are logged, each with its log topic."""
        made = self._made.copy()  # other threads may create tables meanwhile
        return {topic: declared.error_log for topic, declared in made.items() if declared.error_log}

    def state(self, name: str) -> str:
        """Flink's job status (RUNNING, RESTARTING, FAILED …); COMPLETED for an ALTER TABLE."""
        if name not in self._jobs:
            return "COMPLETED" if name in self._statements else "UNKNOWN"
        try:
            return str(self._jobs[name].getJobStatus().get().toString())
        except Py4JError:  # the JVM is gone, or has forgotten the job
            return "LOST"

    def _run(self, statement: FlinkStatement) -> None:
        sql = statement.sql.rstrip().removesuffix(";")
        kind = self._kind(sql)
        if kind.startswith(ALTER):
            self._use(DECLARED)
            self._environment.executeSql(sql)
            for table in self._tables.values():
                if self._declared(table) != self._made[table.topic]:
                    self._drop_live(table)
                    self._make_live(table)
        elif kind in INSERTS:
            self._start_job(statement, sql)
        else:
            raise StatementError(
                f"{statement.file}: statement {statement.name}: the local run takes ALTER TABLE, INSERT and "
                f"EXECUTE STATEMENT SET, not {kind}; declare tables as topics and schemas in the program."
            )

    def _kind(self, sql: str) -> str:
        """The statement's class in Flink's syntax tree. The public parser would look up tables too."""
        parser = self._environment.getParser()
        supplier = parser.getClass().getDeclaredField("calciteParserSupplier")
        supplier.setAccessible(True)
        return str(supplier.get(parser).get().parse(sql).getClass().getSimpleName())

    def _start_job(self, statement: FlinkStatement, sql: str) -> None:
        checkpoints = self.gateway.folder / "checkpoints" / statement.name
        checkpoints.mkdir(parents=True, exist_ok=True)
        # A crash or a full disk may cut off the newest checkpoint: then the one before serves.
        *newer, last = job_settings.complete_checkpoints(checkpoints) or [None]
        for recovery in newer:
            try:
                self._start_from(recovery, checkpoints, statement, sql)
            except Py4JJavaError as error:
                with self.gateway.log.open("a", encoding="utf-8") as log:
                    cause: Any = error.java_exception
                    log.write(f"{statement.name} does not start from {recovery}, trying the one before: {cause}\n")
            else:
                return
        self._start_from(last, checkpoints, statement, sql)

    def _start_from(self, recovery: Path | None, checkpoints: Path, statement: FlinkStatement, sql: str) -> None:
        chosen = job_settings.of_statement(statement.name, statement.properties, checkpoints, recovery)
        session = self._environment.getConfig()
        for key, value in chosen.items():
            session.set(key, value)
        self._use(LIVE)
        for table in self._tables.values():
            if not table.captured:
                self._environment.executeSql(table_sql.writer_sql(table, statement.name))
        try:
            self._jobs[statement.name] = self._environment.executeSql(sql).getJobClient().get()
        finally:
            # Flink also copies the session's settings into its environment when a job starts. If they stayed, the next
            # statement would start from this one's checkpoint.
            environment = self._environment.getPlanner().getExecEnv().getConfiguration()
            for key in chosen:
                session.getConfiguration().removeKey(key)
                environment.removeKey(key)

    def _make_live(self, table: Table) -> None:
        declared = self._made[table.topic] = self._declared(table)
        self._use(LIVE)
        for sql in table_sql.live_sql(table, declared, self._endpoints):
            self._environment.executeSql(sql)

    def _drop_live(self, table: Table) -> None:
        self._use(LIVE)
        for name in (table.topic, table_sql.HIDDEN + table.topic):
            self._environment.executeSql(f"DROP VIEW IF EXISTS `{name}`")
            self._environment.executeSql(f"DROP TABLE IF EXISTS `{name}`")

    def _declared(self, table: Table) -> Declared:
        """The declared table, read from Flink's catalog."""
        path = self.gateway.jvm.org.apache.flink.table.catalog.ObjectPath(DECLARED, table.topic)
        catalog = self._environment.getCatalog(self._environment.getCurrentCatalog()).get()
        found = catalog.getTable(path)
        options = dict(found.getOptions())
        for option, value in options.items():
            known = table_sql.OPTIONS.get(option)
            if known is None:
                names = ", ".join(table_sql.OPTIONS)
                raise RunError(f"topic {table.topic}: the local run knows no option {option!r}; it knows {names}")
            if known and value not in known:
                raise RunError(f"topic {table.topic}: {option} is {value!r}; the local run knows {', '.join(known)}")
        errors = options.get(table_sql.ERROR_MODE, "fail")
        error_log = options.get(table_sql.ERROR_TARGET, DEFAULT_ERROR_LOG) if errors == "log" else None
        schema = found.getUnresolvedSchema()
        return Declared(
            mode=options[table_sql.CHANGELOG_MODE],
            errors=errors,
            error_log=error_log,
            added=tuple(filter(None, (_added(column) for column in schema.getColumns()))),
            watermark=next(filter(None, (_watermark(spec) for spec in schema.getWatermarkSpecs())), None),
        )

    def _use(self, database: str) -> None:
        self._environment.useDatabase(database)


def _added(column: Any) -> Added | None:
    """A column of Flink's unresolved schema; None when it is one of the contract's."""
    match column.getClass().getSimpleName():
        case "UnresolvedMetadataColumn":
            key = column.getMetadataKey()
            source = f" FROM '{key}'" if key else ""
            virtual = " VIRTUAL" if column.isVirtual() else ""
            return Added(name=column.getName(), definition=f"{column.getDataType()} METADATA{source}{virtual}")
        case "UnresolvedComputedColumn":
            return Added(name=column.getName(), definition=f"AS {column.getExpression().getSqlExpression()}")
        case _:
            return None


def _watermark(spec: Any) -> Watermark | None:
    """The watermark that a statement set; None for the default one."""
    watermark = Watermark(column=spec.getColumnName(), expression=spec.getWatermarkExpression().getSqlExpression())
    return None if watermark == DEFAULT_WATERMARK else watermark
