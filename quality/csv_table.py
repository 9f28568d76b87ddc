"""A CSV file whose columns are read as their types; each value that is none is a problem with file, line and fix."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

LARGEST, CENT, FIFTH = Decimal("9999999999.99"), Decimal("0.01"), Decimal("0.00001")
# At most 18 digits, as in Oracle. A column that was once one of floats writes 7 as 7.0.
WHOLE = r"^\s*([+-]?[0-9]{1,18})(?:\.0*)?\s*$"
FLAGS = {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}


class DataError(ValueError):
    """All problems of the files, one per line: file, line, column, what is wrong, what is allowed."""


class CsvTable:
    """The rows as `text`; without any when the file cannot be read. Column names are compared in lower case."""

    def __init__(self, file: Path, columns: Sequence[str], problems: list[str], *, may_be_empty: bool = False) -> None:
        self._name, self._problems, wanted = file.name, problems, ", ".join(columns)
        self.text = pd.DataFrame(columns=list(columns), dtype=str)
        try:
            found = pd.read_csv(file, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:
            problems.append(f"{self._name}: cannot be read ({error}); give a CSV file with {wanted}")
            return
        found.columns = [str(name).lower() for name in found.columns]
        if lacking := [name for name in columns if name not in found]:
            problems.append(f"{self._name}: no column {', '.join(lacking)}; the columns are {wanted}")
        elif not isinstance(found.index, pd.RangeIndex):
            problems.append(f"{self._name}: rows have more fields than the header; quote what has commas in it")
        elif found.empty and not may_be_empty:
            problems.append(f"{self._name}: it has no rows; give at least one")
        else:
            self.text = found

    def ids(self, column: str) -> pd.Series:
        found = self.text[column].str.extract(WHOLE)[0]
        self._refuse(column, found.isna(), "a whole number")
        return found.fillna("0").astype("int64")

    def amounts(self, column: str) -> pd.Series:
        """Decimals of two digits after the point."""
        numbers = pd.to_numeric(self.text[column], errors="coerce")
        wrong = numbers.isna() | (numbers.abs() > float(LARGEST))
        self._refuse(column, wrong, f"a number up to {LARGEST}")
        exact = [Decimal(text).quantize(CENT) for text in self.text[column].mask(wrong, "0")]
        return pd.Series(exact, dtype=object)

    def numbers(self, column: str) -> pd.Series:
        """Finite floats."""
        numbers = pd.to_numeric(self.text[column], errors="coerce").astype(float)
        self._refuse(column, ~pd.Series(np.isfinite(numbers)), "a finite number")
        return numbers

    def texts(self, column: str, longest: int) -> pd.Series:
        """None where it is empty, or where there is no such column."""
        text = self._optional(column)
        self._refuse(column, text.str.len() > longest, f"at most {longest} characters")
        return _filled(text, str)

    def addresses(self, column: str) -> pd.Series:
        """IP addresses; None as in `texts`."""
        text = self._optional(column)
        known = {one: not one or _is_address(one) for one in text.unique()}
        self._refuse(column, ~text.map(known).astype(bool), "an IPv4 or IPv6 address, or nothing")
        return _filled(text, str)

    def degrees(self, column: str, most: int) -> pd.Series:
        """Decimals of five digits after the point; None as in `texts`."""
        text = self._optional(column)
        numbers = pd.to_numeric(text, errors="coerce")
        wrong = (text != "") & ~(numbers.abs() <= most)
        self._refuse(column, wrong, f"degrees from -{most} to {most}, or nothing")
        return _filled(text.mask(wrong, ""), lambda one: Decimal(one).quantize(FIFTH))

    def _optional(self, column: str) -> pd.Series:
        found = self.text.get(column)
        return pd.Series("", index=self.text.index, dtype=str) if found is None else found.str.strip()

    def times(self, column: str) -> pd.Series:
        """UTC, in milliseconds."""
        times = pd.to_datetime(self.text[column], utc=True, errors="coerce", format="ISO8601")
        self._refuse(column, times.isna(), "an ISO 8601 time, such as 2018-04-01T09:30:00Z")
        return times.dt.floor("ms")

    def flags(self, column: str) -> pd.Series:
        flags = self.text[column].str.strip().str.lower().map(FLAGS)
        self._refuse(column, flags.isna(), "1 or 0")
        return flags

    def _refuse(self, column: str, wrong: pd.Series, allowed: str) -> None:
        if wrong.any():
            line = int(wrong.to_numpy().argmax())
            told = f"{self._name}:{line + 2}: {column} is {self.text[column].iloc[line]!r}; allowed: {allowed}"
            self._problems.append(f"{told} ({int(wrong.sum())} such rows)")


def _filled(text: pd.Series, kind: Callable[[str], object]) -> pd.Series:
    return pd.Series([kind(one) if one else None for one in text], dtype=object)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
