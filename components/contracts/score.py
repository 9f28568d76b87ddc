"""The score: its terms and their weights, read from flink_sql/score and checked, and the SQL that they make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .rules import SQL_FOLDER

FOLDER = SQL_FOLDER / "score"
RULE_ID, TITLE = "score", "Probable fraud by its score"
"""What an alert of the score has in the place of a rule, and what the page calls it."""
VERSION = 1
Feature = Literal[
    "amount",
    "known_payments",
    "times_usual",
    "large_lately",
    "frauds_in_row",
    "days_since_genuine",
    "frauds_lately",
    "fraud_share",
]
"""What a term may be computed from: columns of payment_score, and SHARE; docs/scoring.md."""
HALF = 0.5
SHARE = f"`frauds_lately` / (`frauds_lately` + `genuine_lately` + {HALF!r}E0)"
"""`fraud_share`; HALF keeps a single fraud at a quiet terminal from being all of its payments."""
Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class ScoreError(ValueError):
    """All problems of the files of the score, one per line: file, key, what is wrong."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Strict):
    """A number from 0 to 1 that `feature` gives; 0 where a feature of `when` is not above its number."""

    reason: str
    feature: Feature
    shape: Literal["line", "step"]
    when: dict[Feature, Finite] = Field(default={}, max_length=1)


class Terms(_Strict):
    """`reasons`: SQL of each reason in words."""

    reasons: dict[str, str]
    terms: dict[str, Term]


class Weight(_Strict):
    """`weight` in log odds; `begin` and, of a line, `end` in units of the term's feature."""

    weight: Finite
    begin: Finite
    end: Finite | None = None


class Constants(_Strict):
    """Of the features. `largest_usual`: larger amounts are cut here while an account is new, and frauds of them say
    nothing about their terminal.
    """

    largest_usual: Annotated[Finite, Field(gt=0)]


class Weights(_Strict):
    """What `make train` learns."""

    version: Literal[1]
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    trained_on: str
    features: Constants
    intercept: Finite
    terms: dict[str, Weight]


def read_terms(folder: Path | None = None) -> Terms:
    """Raises ScoreError."""
    file = (folder or FOLDER) / "terms.yaml"
    terms = _read(file, Terms)
    lacking = [name for name, term in terms.terms.items() if term.reason not in terms.reasons]
    if lacking:
        raise ScoreError(
            f"{_name(file)}: no reason for {', '.join(lacking)}; the reasons are {', '.join(terms.reasons)}"
        )
    return terms


def read_weights(terms: Terms, file: Path) -> Weights:
    """The weights of these terms. Raises ScoreError with every problem."""
    weights, place = _read(file, Weights), _name(file)
    problems = [f"{place}: terms.{name}: no such term; drop it" for name in weights.terms if name not in terms.terms]
    for name, term in terms.terms.items():
        if (weight := weights.terms.get(name)) is None:
            problems.append(f"{place}: terms.{name} is missing; run `make train`, or give it a weight of 0.0")
        elif (weight.end is None) is (term.shape == "line"):
            fix = "needs an end" if term.shape == "line" else "has no end; drop it"
            problems.append(f"{place}: terms.{name}: a {term.shape} {fix}")
        elif weight.end is not None and weight.end <= weight.begin:
            problems.append(f"{place}: terms.{name}: end {weight.end} must be above begin {weight.begin}")
    if problems:
        raise ScoreError("\n".join(problems))
    return weights


@dataclass(frozen=True, kw_only=True)
class ReasonSql:
    """`words`: SQL of the reason in words; `points`: SQL of the log odds that its terms add."""

    id: str
    words: str
    points: str


@dataclass(frozen=True, kw_only=True)
class ScoreSql:
    """The score as score.jinja takes it, over the columns of the features; numbers are SQL of DOUBLE."""

    id: str
    intercept: str
    largest_usual: str
    share: str
    reasons: tuple[ReasonSql, ...]


def sql(weights_file: Path, folder: Path | None = None) -> ScoreSql:
    """Of the terms in `folder`, by default FOLDER, with these weights. Raises ScoreError."""
    terms = read_terms(folder)
    weights = read_weights(terms, weights_file)
    return ScoreSql(
        id=weights.id,
        intercept=literal(weights.intercept),
        largest_usual=literal(weights.features.largest_usual),
        share=SHARE,
        reasons=tuple(
            ReasonSql(id=reason, words=" ".join(words.split()), points=points(terms, weights, reason))
            for reason, words in terms.reasons.items()
        ),
    )


def points(terms: Terms, weights: Weights, reason: str) -> str:
    """SQL of the log odds that the terms of a reason add, over the columns of the features."""
    return " + ".join(
        f"{literal(weights.terms[name].weight)} * ({_value(term, weights.terms[name])})"
        for name, term in terms.terms.items()
        if term.reason == reason
    )


def literal(number: float) -> str:
    """A DOUBLE of SQL that is the very same number."""
    text = repr(float(number)).upper()
    return text if "E" in text else f"{text}E0"


def _value(term: Term, weight: Weight) -> str:
    feature, begin = f"`{term.feature}`", literal(weight.begin)
    if weight.end is None:
        value, conditions = "1E0", [f"{feature} >= {begin}"]
    else:
        end, width = literal(weight.end), literal(weight.end - weight.begin)
        value, conditions = f"(LEAST(GREATEST({feature}, {begin}), {end}) - {begin}) / {width}", list[str]()
    conditions += [f"`{name}` > {literal(least)}" for name, least in term.when.items()]
    return f"CASE WHEN {' AND '.join(conditions)} THEN {value} ELSE 0E0 END" if conditions else value


def _read(file: Path, model: type[Any]) -> Any:
    place = _name(file)
    try:
        return model.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ScoreError(f"{place}: {error.strerror}; restore it, or set scoreWeights to one that is there") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScoreError(f"{place}: not valid YAML: {' '.join(str(error).split())}") from None
    except ValidationError as error:
        raise ScoreError("\n".join(f"{place}: {_problem(one)}" for one in error.errors(include_url=False))) from None


def _problem(error: Any) -> str:
    """Of pydantic's: the key, what is wrong with it, and the fix."""
    key, told = ".".join(map(str, error["loc"])) or "the file", error["msg"][:1].lower() + error["msg"][1:]
    match error["type"]:
        case "missing":
            return f"{key} is missing; write it"
        case "extra_forbidden":
            return f"{key}: no such key; drop it"
        case _:
            return f"{key}: {told}, not {error['input']!r:.60}"


def _name(file: Path) -> str:
    return "/".join(file.parts[-3:])
