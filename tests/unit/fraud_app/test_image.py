"""The app's image and its tag."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.fraud_app import image


def test_the_tag_depends_only_on_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = image.content_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    (tmp_path / "a.pyc").write_text("x")
    (tmp_path / "db.sqlite3").write_text("x")
    assert image.content_hash(tmp_path) == before
    (tmp_path / "a.py").write_text("2")
    assert image.content_hash(tmp_path) != before
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert image.content_hash(tmp_path) != before
    with pytest.raises(FileNotFoundError, match="run the program in the project's folder, or set an image"):
        image.content_hash(tmp_path / "absent")
