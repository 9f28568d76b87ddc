"""The recorder and the engine read a stack file alike, or its text is refused with the right quoting."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.contracts.stack_file import StackFileError, read

DECLARED = {"owner": {"type": "string"}, "flag": {"type": "boolean"}, "list": {"type": "array"}, "old": "plain"}


def values(folder: Path, text: str) -> dict[str, object]:
    file = folder / "Pulumi.dev.yaml"
    file.write_text(text, encoding="utf-8")
    return read(file, DECLARED, "fraud")


def refused(folder: Path, text: str) -> str:
    with pytest.raises(StackFileError) as caught:
        values(folder, text)
    assert "Pulumi.dev.yaml has" in str(caught.value)
    return "\n".join(caught.value.problems)


# On the right, the engine's value, measured with yaml.v3 3.0.1.
@pytest.mark.parametrize(
    ("written", "engine"),
    [
        ("10.", "10"), ("10.0", "10"), ("1000.00", "1000"), ("1.30", "1.3"), ("0123456", "42798"), ("08", "8"),
        ("0x1F", "31"), ("0b11", "3"), ("0o17", "15"), ("1_000", "1000"), ("1e5", "100000"), ("+5", "5"),
        (".5", "0.5"), ("True", "true"), ("FALSE", "false"), ("~", "null"), ("null", "nothing"), ("Null", "null"),
        ("2026-11-25", "time of day"), ("2026-11-25T10:00:00Z", "time of day"), (".inf", "without a text"),
        ("99999999999999999999", "100000000000000000000"),
    ],
)  # fmt: skip
def test_values_that_the_engine_would_change_are_refused_with_their_quoting(
    tmp_path: Path, written: str, engine: str
) -> None:
    problem = refused(tmp_path, f"config:\n  fraud:owner: {written}\n")
    assert engine in problem and f'"{written}" in quotes' in problem and problem.startswith("owner: ")
    for quoted in (f'"{written}"', f"'{written}'"):
        assert values(tmp_path, f"config:\n  fraud:owner: {quoted}\n") == {"fraud:owner": written}


@pytest.mark.parametrize(
    "written",
    ["yes", "no", "on", "off", "y", "12:30:00", "4", "1.35", "-5", "true", "10.0.", "cron(0 8 ? * MON *)", "a_1"],
)
def test_unambiguous_text_is_accepted(tmp_path: Path, written: str) -> None:
    assert values(tmp_path, f"config:\n  fraud:owner: {written}\n") == {"fraud:owner": written}


def test_an_empty_value_is_refused(tmp_path: Path) -> None:
    assert "an empty value is nothing to the engine" in refused(tmp_path, "config:\n  fraud:owner:\n")


def test_a_quoted_number_is_accepted(tmp_path: Path) -> None:
    assert values(tmp_path, 'config:\n  fraud:owner: "4"\n') == values(tmp_path, "config:\n  fraud:owner: 4\n")


@pytest.mark.parametrize("written", ["true", "True", "TRUE"])
def test_a_flag_accepts_every_boolean_of_yaml(tmp_path: Path, written: str) -> None:
    assert values(tmp_path, f"config:\n  flag: {written}\n") == {"fraud:flag": True}


def test_items_of_a_list_must_be_text(tmp_path: Path) -> None:
    assert values(tmp_path, 'config:\n  list: [a, "1", 10.0.0.0/8]\n') == {"fraud:list": ["a", "1", "10.0.0.0/8"]}
    assert "list: 1 is a number" in refused(tmp_path, "config:\n  list: [a, 1]\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config:\n  owner: a\n  owner: b\n", "owner: it is repeated in lines 2 and 3"),
        ("config:\n  owner: a\n  fraud:owner: b\n", "fraud:owner: it is repeated"),
        ("config: {}\nconfig: {}\n", "config: it is repeated"),
        ("config:\n\towner: a\n", "indent with spaces, not tabs"),
        ("confg:\n  owner: a\n", "confg: not a top-level key of a stack file; did you mean config?"),
        ("config:\n  5: a\n", "line 2: a key that is not text"),
        ("config: 5\n", "config must be a mapping"),
        ("- a\n", "must be a mapping"),
    ],
)
def test_an_invalid_file_is_reported_with_part_and_line(tmp_path: Path, text: str, message: str) -> None:
    assert message in refused(tmp_path, text)


def test_every_problem_is_in_one_error(tmp_path: Path) -> None:
    assert refused(tmp_path, "config:\n  owner: 10.\n  list: [1]\n  owner: x\nconfg: {}\n").count("\n") == 3


@pytest.mark.parametrize("text", ["", "config:\n", "config: {}\n", "encryptionsalt: v1:a=\n"])
def test_an_empty_file_is_valid(tmp_path: Path, text: str) -> None:
    assert values(tmp_path, text) == {}


def test_a_secret_is_unchanged(tmp_path: Path) -> None:
    assert values(tmp_path, "config:\n  owner:\n    secure: v1:x\n") == {"fraud:owner": {"secure": "v1:x"}}
