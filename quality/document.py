"""The parts of docs/quality.md that `make quality` writes, each between two marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs" / "quality.md"
BEGIN, END = "<!-- Written by `make quality`: {}. -->\n", "<!-- End of {}. -->\n"


def publish(part: str, lines: Iterable[str]) -> None:
    """Print the lines, and put them in the place of the part."""
    text = "\n".join(lines).strip("\n") + "\n"
    print(text)
    if FILE.is_file():
        FILE.write_text(replaced(FILE.read_text(encoding="utf-8"), part, text), encoding="utf-8")


def replaced(document: str, part: str, text: str) -> str:
    """The document with another text of the part, at its end when it has no such part yet."""
    begin, end = BEGIN.format(part), END.format(part)
    before, _, rest = document.partition(begin)
    _, found, after = rest.partition(end)
    return f"{before.rstrip()}\n\n{begin}\n{text}\n{end}{after if found else ''}"
