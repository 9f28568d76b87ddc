"""The bootstrap as it runs on the host, against stubs that record what it does."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.contracts import APP_TABLES, SOURCES, ddl
from tests.oracle.conftest import BUILT, IMAGE, STUBS, USERS, Host

BOOTSTRAP = Path(__file__).resolve().parents[2] / "components" / "oracle" / "bootstrap"
# All SQL of a first run, as Oracle is to get it: the stub of SQL*Plus knows no SQL.
FIRST_RUN = Path(__file__).with_name("first_run.sql")
PHASES = (
    "database_running",
    "recovery_area",
    "replication_enabled",
    "archive_log_mode",
    "supplemental_logging",
    "tablespaces",
    "app_schema",
    "xstream_administrator",
    "xstream_user",
    "outbound_server",
    "connect_user",
    "capture_upkeep",
    "verified",
)


def passed(output: str) -> list[str]:
    return re.findall(r"^phase \d+/13 (\w+): done$", output, re.MULTILINE)


def test_shellcheck_finds_nothing() -> None:
    tool = Path(sys.executable).parent / "shellcheck"
    scripts = [*BOOTSTRAP.glob("*.sh"), *(path for path in STUBS.iterdir() if path.is_file())]
    command = [str(tool), "--external-sources", f"--source-path={BOOTSTRAP}:{STUBS}", "--exclude=SC1091", *scripts]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


FirstRun = tuple[Host, subprocess.CompletedProcess[str]]


def test_the_document_unpacks_itself_and_a_first_run_does_all_phases_in_order(first_run: FirstRun) -> None:
    host, done = first_run
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(done.stdout) == list(PHASES)
    assert done.stdout.splitlines()[-1] == f"ready {BUILT.version}"
    assert host.ready.read_text().strip() == BUILT.version
    assert not done.stderr, "standard error is for the log's tail after a failure"


def test_the_first_run_changes_things_in_the_order_that_oracle_needs(first_run: FirstRun) -> None:
    changes = first_run[0].lines("changes")
    order = [
        next(change for change in changes if change.startswith("mkfs.xfs")),
        next(change for change in changes if change.startswith("docker run")),
        "recovery.apply.sql",
        "replication.apply.sql",
        "archivelog.apply.sql",
        "pluggable.apply.sql",
        "supplemental.apply.sql",
        "tablespace.apply.sql",
        "profile.apply.sql",
        "user-app.apply.sql",
        *(f"table-{table.name}.apply.sql" for table in (*SOURCES, *APP_TABLES)),
        "administrator.apply.sql",
        "outbound.apply.sql",
        "connect.apply.sql",
        "retention.apply.sql",
        "memory.apply.sql",
        "systemctl enable --now oracle-archivelog.timer",
    ]
    assert [changes.index(change) for change in order] == sorted(changes.index(change) for change in order)
    assert changes.count("tablespace.apply.sql") == 4, "two tablespaces in each of two containers"
    assert changes.count("logged.apply.sql") == len(SOURCES), "all columns are logged for the captured tables alone"


def test_the_first_run_gives_sqlplus_this_sql(first_run: FirstRun, tmp_path: Path) -> None:
    prelude = (first_run[0].files / "sql/prelude.sql").read_text()
    scripts = first_run[0].sql
    assert all(script.startswith(prelude) for script in scripts), "each script needs the two lines with WHENEVER"
    bodies = [
        script.removeprefix(prelude).removeprefix("SET APPINFO ").removesuffix("EXIT SUCCESS") for script in scripts
    ]
    # The second look is the same as the first.
    once = [body for number, body in enumerate(bodies) if number < 2 or body != bodies[number - 2]]
    found = "".join("-- " + body.replace("'", "", 2).rstrip() + "\n\n" for body in once)
    for table in (*SOURCES, *APP_TABLES):  # their columns are the contract's
        found = found.replace(ddl.oracle(table), f"CREATE TABLE {table.name} (…)")
    expected = FIRST_RUN.read_text()
    difference = "\n".join(difflib.unified_diff(expected.splitlines(), found.splitlines(), lineterm="", n=1))
    (tmp_path / FIRST_RUN.name).write_text(found)
    assert not difference, f"if this is meant: cp {tmp_path / FIRST_RUN.name} {FIRST_RUN}\n{difference}"


def test_only_root_reads_the_log_and_the_files_of_the_bootstrap(first_run: FirstRun) -> None:
    host, _ = first_run
    written = [host.root / "var/log/oracle-bootstrap.log", host.ready, *host.files.rglob("*.sh")]
    for path in written:
        assert path.stat().st_mode & 0o077 == 0, f"{path.name} is open to others: keep umask 077"


def test_a_second_run_changes_nothing(finished: Host) -> None:
    done = finished.run()
    assert done.returncode == 0 and passed(done.stdout) == list(PHASES), done.stdout
    assert finished.lines("changes") == []
    assert finished.lines("calls"), "the stubs have recorded nothing at all"


@pytest.mark.parametrize(
    ("phase", "script", "missing"),
    [
        ("database_running", "locked.apply.sql", "locked_*"),
        ("recovery_area", "recovery.apply.sql", "recovery_*"),
        ("replication_enabled", "replication.apply.sql", "replication_*"),
        ("archive_log_mode", "archivelog.apply.sql", "archivelog_*"),
        ("supplemental_logging", "supplemental.apply.sql", "supplemental_*"),
        ("tablespaces", "tablespace.apply.sql", "tablespace_*"),
        ("app_schema", "table-USER_TRANSACTION.apply.sql", "table_*USER_TRANSACTION*"),
        ("xstream_administrator", "user-common.apply.sql", "user_*CFLTADMIN*"),
        ("xstream_user", "grants.apply.sql", "grants_*CFLTUSER*"),
        ("outbound_server", "outbound.apply.sql", "outbound_*"),
        ("connect_user", "connect.apply.sql", "connect_*"),
        ("capture_upkeep", "retention.apply.sql", "retention_*"),
        ("verified", "verified.check.sql", ""),
    ],
)
def test_an_sql_error_stops_the_run_in_its_phase(finished: Host, phase: str, script: str, missing: str) -> None:
    if missing:
        found = list((finished.state / "db").glob(missing))
        assert found, f"the first run has not done {script}"
        finished.forget(*(f"db/{path.name}" for path in found))
    finished.tell("sql-error", script)
    assert_failed_in(phase, finished)


def assert_failed_in(phase: str, host: Host) -> subprocess.CompletedProcess[str]:
    done = host.run()
    number = PHASES.index(phase) + 1
    assert done.returncode != 0, "a run that failed must say so by its exit code"
    assert f"FAILED in phase {number}/13 {phase}" in done.stdout
    assert passed(done.stdout) == list(PHASES[: number - 1])
    assert not host.ready.exists(), "the ready marker is there although the run failed"
    assert done.stderr.strip(), "the log's tail belongs on standard error"
    for password in host.passwords.values():
        assert password not in done.stdout + done.stderr + host.log
    return done


@pytest.mark.parametrize(
    ("phase", "call"),
    [
        ("database_running", "aws *"),
        ("database_running", "mkfs.xfs *"),
        ("database_running", "mount /*"),
        ("database_running", "docker run *"),
    ],
)
def test_a_program_that_fails_stops_the_run_in_its_phase(host: Host, phase: str, call: str) -> None:
    host.tell("fail", call)
    assert_failed_in(phase, host)


def test_a_timer_that_cannot_be_enabled_stops_the_run(finished: Host) -> None:
    finished.forget("enabled-oracle-archivelog.timer")
    finished.tell("fail", "systemctl enable *")
    assert_failed_in("capture_upkeep", finished)


def test_a_container_that_never_makes_its_database_ends_at_the_deadline(host: Host) -> None:
    host.tell("stuck")
    done = assert_failed_in("database_running", host)
    assert "the container has made its database: not so after the deadline" in done.stdout


def test_a_capture_that_is_not_enabled_ends_at_the_deadline(finished: Host) -> None:
    finished.tell("capture-down")
    assert_failed_in("verified", finished)


def test_a_change_without_effect_is_no_success(finished: Host) -> None:
    host = finished
    host.forget("db/archivelog_")
    host.tell("no-effect", "archivelog.apply.sql")
    done = assert_failed_in("archive_log_mode", host)
    assert "archivelog.apply.sql ran, and archivelog.check.sql still finds 'missing'" in done.stdout


def test_a_check_that_says_nothing_is_no_success(finished: Host, tmp_path: Path) -> None:
    finished.files = shutil.copytree(finished.files, tmp_path / "files")
    library = finished.files / "lib.sh"
    library.write_text(library.read_text().replace("sqlplus -S -L /nolog", "true"))
    assert_failed_in("database_running", finished)


def test_without_whenever_sqlplus_would_hide_the_error_and_the_second_look_finds_it(
    finished: Host, tmp_path: Path
) -> None:
    host = finished
    host.files = shutil.copytree(host.files, tmp_path / "files")
    host.forget("db/replication_")
    (host.files / "sql/prelude.sql").write_text("CONNECT / AS SYSDBA\n")
    host.tell("sql-error", "replication.apply.sql")
    assert_failed_in("replication_enabled", host)


def test_a_volume_with_something_else_on_it_is_left_alone(host: Host) -> None:
    host.tell("filesystem", "ext4")
    done = assert_failed_in("database_running", host)
    assert "holds 'ext4'" in done.stdout and "left alone" in done.stdout
    assert host.lines("changes") == []


def test_a_volume_that_cannot_be_read_is_left_alone(host: Host) -> None:
    host.tell("fail", "blkid *")
    done = assert_failed_in("database_running", host)
    assert "(blkid: 3)" in done.stdout and host.lines("changes") == []


def test_a_new_host_finds_its_database_on_the_old_volume(finished: Host) -> None:
    finished.forget("mounted", "container", "running", "enabled-docker", "active-docker")
    finished.forget("enabled-oracle-archivelog.timer")
    for folder in ("etc/systemd", "var/lib/oracle-bootstrap"):
        shutil.rmtree(finished.root / folder)
    (finished.root / "etc/fstab").write_text("")
    done = finished.run()
    assert done.returncode == 0, done.stdout
    changes = " ".join(finished.lines("changes"))
    assert "mount " in changes and "docker run " in changes
    assert "mkfs" not in changes, "the database would be gone"
    assert ".apply.sql" not in changes, "all that the database holds is there already"


def test_a_column_that_the_contract_gained_is_added_to_the_table_that_is_there(finished: Host) -> None:
    finished.tell("no-column", "DEVICE_ID")
    assert finished.run().returncode == 0
    assert finished.lines("changes") == ["column.apply.sql"]
    added = [script for script in finished.sql if "ADD (" in script]
    assert len(added) == 1 and 'ALTER TABLE SAMPLE.USER_TRANSACTION ADD ("DEVICE_ID" NVARCHAR2(64));' in added[0]
    finished.run()
    assert finished.lines("changes") == []


def test_an_index_that_the_contract_gained_is_made_on_the_table_that_is_there(finished: Host) -> None:
    (gone,) = finished.state.glob("db/index_*")
    finished.forget(f"db/{gone.name}")
    assert finished.run().returncode == 0
    assert finished.lines("changes") == ["index.apply.sql"]


def test_a_table_that_the_contract_gained_is_made_logged_and_captured(finished: Host) -> None:
    table = "PAYMENT_OUTCOME"
    gone = [*finished.state.glob(f"db/table_*{table}"), *finished.state.glob(f"db/logged_*{table}")]
    assert len(gone) == 2, "the first run has not made it"
    finished.forget(*(f"db/{path.name}" for path in gone))
    finished.tell("not-captured", table)
    assert finished.run().returncode == 0
    assert finished.lines("changes") == [f"table-{table}.apply.sql", "logged.apply.sql", "captured.apply.sql"]
    assert any(f"table_names           => 'SAMPLE.{table}'" in script for script in finished.sql)


def test_another_image_replaces_the_container_over_the_same_data(finished: Host) -> None:
    finished.tell("container", "registry.example/oracle-xe@sha256:" + "b" * 64)
    assert finished.run().returncode == 0
    containers = [change for change in finished.lines("changes") if change.startswith("docker")]
    assert [change.split()[1] for change in containers] == ["stop", "rm", "run"]
    assert containers[-1].endswith(IMAGE)


def test_a_stopped_container_is_started_again(finished: Host) -> None:
    finished.forget("running")
    assert finished.run().returncode == 0
    assert finished.lines("changes") == ["docker start oracle"]


def test_a_database_that_was_made_is_known_when_its_log_is_gone(finished: Host) -> None:
    finished.tell("stuck")
    assert finished.run().returncode == 0, "docker rotates the log that says so: keep the image's word beside the data"


def test_a_volume_that_was_enlarged_is_used_as_a_whole(finished: Host) -> None:
    finished.run()
    assert f"xfs_growfs {finished.root}/var/lib/oracle" in finished.lines("calls")


def test_the_container_restarts_by_itself_and_its_data_is_on_the_volume(first_run: FirstRun) -> None:
    host, _ = first_run
    [started] = [call for call in host.lines("calls") if call.startswith("docker run")]
    assert "--restart unless-stopped" in started
    assert f"--volume {host.root}/var/lib/oracle/oradata:/opt/oracle/oradata" in started
    fstab = (host.root / "etc/fstab").read_text()
    assert fstab.count("UUID=1111-2222 ") == 1 and " xfs " in fstab
    assert ",nofail " in fstab, "a host that is without its volume at boot must still start, to be looked at"
    # Whoever may list containers reads their environment; the host's settings would stay with the image's.
    options = started.split()
    assert not {"--env", "-e", "--env-file", "--privileged"} & set(options), "the container gets no secret and no right"
    assert options[options.index("--publish") + 1] == "1521:1521", "Enterprise Manager's port, 5500, stays inside"
    drop_in = (host.root / "etc/systemd/system/docker.service.d/oracle.conf").read_text()
    assert "RequiresMountsFor=/var/lib/oracle" in drop_in


def test_connections_are_encrypted_when_the_client_can(first_run: FirstRun) -> None:
    settings = (first_run[0].root / "var/lib/oracle/oradata/dbconfig/XE/sqlnet.ora").read_text()
    assert "SQLNET.ENCRYPTION_SERVER = REQUESTED" in settings, "the app's driver is refused by REQUIRED (DPY-3001)"
    assert "SQLNET.CRYPTO_CHECKSUM_SERVER = REQUESTED" in settings


def test_no_password_is_in_an_argument_a_log_or_a_file_of_the_host(first_run: FirstRun) -> None:
    host, done = first_run
    files = [path for path in host.root.rglob("*") if path.is_file() and not path.is_relative_to(host.state)]
    found = done.stdout + done.stderr + "".join(path.read_text() for path in files)
    found += "\n".join(host.lines("calls"))
    for user, password in host.passwords.items():
        assert password not in found, f"the password of {user} is to be read"
        assert (host.state / f"db/passwords-{user}").read_text().splitlines() == [password]


def rotated(host: Host, version: str, **passwords: str) -> list[str]:
    """Run with other passwords of some users; returns the changes."""
    users = {"app": "SAMPLE", "capture": "C##CFLTUSER", "system": "SYSTEM"}
    host.keep_secret(version, host.passwords | {users[name]: password for name, password in passwords.items()})
    done = host.run()
    assert done.returncode == 0, done.stdout
    return host.lines("changes")


def known(host: Host, user: str) -> list[str]:
    return (host.state / f"db/passwords-{user}").read_text().splitlines()


def test_a_rotation_leaves_the_previous_password_working(finished: Host) -> None:
    first = finished.passwords["C##CFLTUSER"]
    assert rotated(finished, "2", capture="pSecond") == ["password.apply.sql"]
    assert known(finished, "C##CFLTUSER") == ["pSecond", first]
    assert rotated(finished, "2") == [], "a second run must not end the previous password's day"


def test_a_switch_back_within_the_day_sets_the_password_anew(finished: Host) -> None:
    first = finished.passwords["SAMPLE"]
    rotated(finished, "2", app="pSecond")
    assert rotated(finished, "3", app=first) == ["rollover.apply.sql", "password.apply.sql"]
    assert known(finished, "SAMPLE") == [first, "pSecond"], "the first would end with its day"


def test_an_administrators_password_is_simply_set(finished: Host) -> None:
    assert rotated(finished, "2", system="pSecond") == ["password.apply.sql"]
    assert known(finished, "SYSTEM") == ["pSecond"]


def test_every_user_of_the_secret_is_one_that_the_bootstrap_sets(first_run: FirstRun) -> None:
    assert {path.name.removeprefix("passwords-") for path in (first_run[0].state / "db").glob("passwords-*")} == set(
        USERS
    )


def test_archive_logs_that_a_capture_needs_are_not_forced_away(finished: Host) -> None:
    done = finished.run(["bash", str(finished.files / "archivelog_cleanup.sh")])
    assert done.returncode == 0, done.stderr
    commands = (finished.state / "rman-input").read_text()
    assert "DELETE NOPROMPT ARCHIVELOG ALL COMPLETED BEFORE" in commands
    assert "FORCE;" not in commands and " FORCE " not in commands.split("\n", 1)[1]
    unit = (finished.root / "etc/systemd/system/oracle-archivelog.service").read_text()
    assert "ExecStart=/usr/bin/bash /opt/oracle-bootstrap/archivelog_cleanup.sh" in unit


def test_sql_reaches_sqlplus_without_a_shell_in_between(first_run: FirstRun) -> None:
    files = first_run[0].files
    for path in files.glob("sql/*.sql"):
        assert "\\" not in path.read_text(), f"{path.name}: a backslash reaches SQL*Plus as it is (V\\$, CDB\\$ROOT)"
    prelude = (files / "sql/prelude.sql").read_text().splitlines()
    commands = [line for line in prelude if line and not line.startswith("--")]
    assert commands[0].startswith("WHENEVER SQLERROR EXIT FAILURE"), "SQL*Plus ends with 0 on errors otherwise"
    assert commands[1] == "WHENEVER OSERROR EXIT 9"


def test_the_captured_tables_are_those_of_the_contracts(first_run: FirstRun) -> None:
    files = first_run[0].files
    settings = (files / "settings.sh").read_text()
    assert "TABLES='AUTH_USER USER_TRANSACTION PAYMENT_OUTCOME'" in settings and "SCHEMA=SAMPLE" in settings
    for table in SOURCES:
        statement = (files / f"sql/table-{table.name}.apply.sql").read_text()
        assert all(f'"{column.name}"' in statement for column in table.columns)
