"""The files of the score: what is wrong in them is told with file and key, before anything is made."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from typing import get_args

import pulumi
import pytest

from components.confluent.statements import score_sql
from components.contracts import PAYMENT_SCORE, score
from components.contracts.score import ScoreError
from tests.unit.arguments import VARIABLES

WEIGHTS, TERMS = "flink_sql/score/weights.yaml", "flink_sql/score/terms.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of flink_sql/score in which a test makes its mistake."""
    copy = shutil.copytree(score.FOLDER, tmp_path / "flink_sql" / "score")
    monkeypatch.setattr(score, "FOLDER", copy)
    return copy


def changed(file: Path, old: str, new: str) -> None:
    text, count = re.subn(old, new, file.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1, f"{old} is not in {file.name}: write here what is"
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"^  amount: ", "  amont: ", "terms.amont: no such term; drop it"),
        (r"^  fraud_share: .*\n", "", "terms.fraud_share is missing; run `make train`, or give it a weight of 0.0"),
        (r"amount: \{weight: [\d.]+", "amount: {weight: .nan", "terms.amount.weight: input should be a finite number"),
        (r"^intercept: .*", "intercept: -.inf", "intercept: input should be a finite number, not -inf"),
        (r"^intercept: .*", "intercept: low", "intercept: input should be a valid number, not 'low'"),
        (r"^intercept: .*\n", "", "intercept is missing; write it"),
        (r"^version: 1", "version: 2", "version: input should be 1, not 2"),
        (r"begin: 0.0, end: 220[\d.]+", "begin: 0.0", "terms.amount: a line needs an end"),
        (r"begin: (220[\d.]+)", r"begin: \1, end: 300.0", "terms.large_amount: a step has no end; drop it"),
        (r"end: 220[\d.]+", "end: 0.0", "terms.amount: end 0.0 must be above begin 0.0"),
        (r"end: (220[\d.]+)", r"end: \1, from: 1.0", "terms.amount.from: no such key; drop it"),
        (r"largest_usual: [\d.]+", "largest_usual: 0.0", "features.largest_usual: input should be greater than 0, n"),
        (r"^id: .*", "id: it's", "id: string should match pattern '^[A-Za-z0-9._-]{1,64}$', not \"it's\""),
    ],
)  # fmt: skip
def test_a_mistake_in_the_weights_is_told_with_its_key(folder: Path, old: str, new: str, problem: str) -> None:
    changed(folder / "weights.yaml", old, new)
    with pytest.raises(pulumi.RunError) as caught:
        score_sql(VARIABLES)
    assert any(line.startswith(f"{WEIGHTS}: {problem}") for line in str(caught.value).splitlines()), caught.value


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (r"feature: times_usual, shape: line", "feature: hour, shape: line", "terms.times_usual.feature: input "),
        (r"when: \{known_payments: 3\}", "when: {hour: 3}", "terms.over_usual_of_known_account.when.hour.[key]: inp"),
        (r"reason: amount, feature", "reason: sum, feature", "no reason for amount; the reasons are amount, usual"),
        (r"shape: step", "shape: curve", "terms.large_amount.shape: input should be 'line' or 'step', not 'curve'"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_terms_is_told_with_its_key(folder: Path, old: str, new: str, problem: str) -> None:
    changed(folder / "terms.yaml", old, new)
    with pytest.raises(ScoreError) as caught:
        score.sql(folder / "weights.yaml", folder)
    assert str(caught.value).startswith(f"{TERMS}: {problem}")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"terms: [", "not valid YAML: while parsing"),
        (b"\xff\xfe", "not valid YAML: "),
        (b"", "the file: input should be a valid dictionary or instance of Weights, not None"),
        (None, "No such file or directory; restore it, or set scoreWeights to one that is there"),
    ],
)
def test_a_file_that_is_none_is_told(folder: Path, content: bytes | None, problem: str) -> None:
    file = folder / "weights.yaml"
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with pytest.raises(ScoreError) as caught:
        score.sql(file)
    assert str(caught.value).startswith(f"{WEIGHTS}: {problem}")


def test_all_problems_of_the_weights_come_at_once(folder: Path) -> None:
    changed(folder / "weights.yaml", r"^  amount: ", "  amont: ")
    changed(folder / "weights.yaml", r"begin: 0.0, end: 6.0", "begin: 7.0, end: 6.0")
    with pytest.raises(ScoreError) as caught:
        score.sql(folder / "weights.yaml", folder)
    assert len(str(caught.value).splitlines()) == 3, "amont, amount, and the line that ends before it begins"


def test_a_number_of_the_weights_is_the_same_number_in_sql() -> None:
    for number in (0.1, -6.655818114, 1e-300, 220.005, 5e22, -0.0, math.pi):
        text = score.literal(number)
        assert "E" in text, "without an exponent Flink takes it for a DECIMAL"
        assert float(text) == number


def test_a_term_is_computed_from_a_column_of_the_scores_or_from_the_share() -> None:
    assert set(get_args(score.Feature)) - {"fraud_share"} <= {column.name for column in PAYMENT_SCORE.columns}
