"""`python -m local.parts.pin`: write the checksums of jars.toml anew after its coordinates were edited."""

from __future__ import annotations

import hashlib
import re
import sys
import tomllib
from pathlib import Path

import jgo

from local.parts.jars import PINS


def main() -> int:
    text = PINS.read_text(encoding="utf-8")
    head = re.split(r"^\[\w+\.sha256\]$", text, maxsplit=1, flags=re.MULTILINE)[0].rstrip()
    sections = [head]
    for name, pins in tomllib.loads(head).items():
        folder = Path(jgo.build("+".join(pins["coordinates"])).path)
        jars = sorted((*folder.glob("jars/*.jar"), *folder.glob("modules/*.jar")), key=lambda jar: jar.name)
        lines = [f'"{jar.name}" = "{hashlib.sha256(jar.read_bytes()).hexdigest()}"' for jar in jars]
        sections.append("\n".join([f"[{name}.sha256]", *lines]))
    PINS.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
